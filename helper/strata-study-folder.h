// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STUDY_FOLDER_H
#define STRATA_STUDY_FOLDER_H

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * A folder of results that are either whole or not there. Files are written in a hidden folder
 * inside it and renamed into place by Commit; without Commit they vanish.
 */
class StudyFolder
{
  public:
    /**
     * Makes the folder at \p path if it does not exist, and the hidden one in it.
     *
     * \throws StudyError if it cannot be written
     */
    explicit StudyFolder(const std::string& path);

    /** Removes what was not committed, and the folder if this object made it and it is empty. */
    ~StudyFolder();

    StudyFolder(const StudyFolder&) = delete;
    StudyFolder& operator=(const StudyFolder&) = delete;

    /** The folder's path as it was given. */
    const std::string& Path() const;

    /**
     * Where to write the file \p name ("flood.pcap", "plots/loss.svg") until Commit. Subfolders are
     * made. Worker processes may write here too, each job its own names.
     *
     * \throws StudyError if \p name is absolute or leads out of the folder
     */
    std::string Stage(const std::string& name) const;

    /** Writes \p content as the file \p name. \throws StudyError if it cannot */
    void Write(const std::string& name, const std::string& content) const;

    /** Names of the files staged so far, sorted. */
    std::vector<std::string> Files() const;

    /**
     * Renames every staged file into place, \p last as the last one. Files that \p stale names and
     * that were not written anew are removed: they belong to the results that are replaced.
     *
     * \throws StudyError if a file cannot be renamed
     */
    void Commit(const std::string& last, const std::vector<std::string>& stale);

  private:
    std::string m_path;
    std::string m_staging;
    std::vector<std::string> m_made; //!< folders that this object made, outermost first
    int m_owner{0};                  //!< the process that cleans up
    bool m_done{false};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_STUDY_FOLDER_H */
