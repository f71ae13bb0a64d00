// SPDX-License-Identifier: GPL-2.0-only

#include "strata-study-folder.h"

#include "strata-study-error.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

namespace ns3
{
namespace strata
{

namespace
{

namespace fs = std::filesystem;

const std::string STAGING_PREFIX = ".partial-";

/** A plain relative path below the folder. */
bool
IsInside(const std::string& name)
{
    const fs::path path(name);
    if (name.empty() || path.is_absolute() || !path.has_filename())
    {
        return false;
    }
    return std::none_of(path.begin(), path.end(), [](const fs::path& part) {
        return part == ".." || part == "." || part.string()[0] == '.';
    });
}

/** Removes what runs that no longer live left behind. */
void
RemoveAbandoned(const std::string& folder)
{
    std::error_code error;
    std::vector<fs::path> abandoned;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    {
        const std::string name = it->path().filename().string();
        if (name.compare(0, STAGING_PREFIX.size(), STAGING_PREFIX) == 0)
        {
            const long owner = std::strtol(name.c_str() + STAGING_PREFIX.size(), nullptr, 10);
            if (owner > 0 && ::kill(static_cast<pid_t>(owner), 0) != 0 && errno == ESRCH)
            {
                abandoned.push_back(it->path());
            }
        }
    }
    for (const fs::path& path : abandoned)
    {
        fs::remove_all(path, error);
    }
}

} // namespace

StudyFolder::StudyFolder(const std::string& path)
    : m_path(path),
      m_owner(::getpid())
{
    std::error_code error;
    std::vector<std::string> missing;
    for (fs::path at = fs::path(path).lexically_normal(); !at.empty() && !fs::exists(at, error);
         at = at.parent_path())
    {
        missing.push_back(at.string());
        if (at == at.parent_path())
        {
            break;
        }
    }
    std::reverse(missing.begin(), missing.end());
    const auto giveUp = [&](const std::string& reason) {
        for (auto it = m_made.rbegin(); it != m_made.rend(); ++it)
        {
            ::rmdir(it->c_str());
        }
        throw StudyError(
            fmt::format("the results folder '{}' cannot be written: {}", path, reason));
    };
    for (const std::string& folder : missing)
    {
        error.clear();
        // A path that ends in a slash names its last folder twice.
        if (fs::create_directory(folder, error))
        {
            m_made.push_back(folder);
        }
        else if (error)
        {
            giveUp(error.message());
        }
    }
    RemoveAbandoned(path);
    m_staging = (fs::path(path) / (STAGING_PREFIX + std::to_string(m_owner))).string();
    error.clear();
    fs::remove_all(m_staging, error);
    error.clear();
    if (!fs::create_directory(m_staging, error))
    {
        giveUp(error ? error.message() : "the name is taken");
    }
    std::ofstream probe(m_staging + "/probe");
    probe << "x" << std::flush;
    const bool writable = probe.good();
    probe.close();
    fs::remove(m_staging + "/probe", error);
    if (!writable)
    {
        fs::remove_all(m_staging, error);
        giveUp("no file can be made in it");
    }
}

StudyFolder::~StudyFolder()
{
    // A worker process has a copy of this object, and the folder is not its own.
    if (m_owner != ::getpid() || m_done)
    {
        return;
    }
    std::error_code error;
    fs::remove_all(m_staging, error);
    for (auto it = m_made.rbegin(); it != m_made.rend(); ++it)
    {
        ::rmdir(it->c_str());
    }
}

const std::string&
StudyFolder::Path() const
{
    return m_path;
}

std::string
StudyFolder::Stage(const std::string& name) const
{
    if (!IsInside(name))
    {
        throw StudyError(fmt::format("'{}' is not a name inside the results folder", name));
    }
    const fs::path path = fs::path(m_staging) / name;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error)
    {
        throw StudyError(fmt::format("'{}' cannot be written: {}", name, error.message()));
    }
    return path.string();
}

void
StudyFolder::Write(const std::string& name, const std::string& content) const
{
    std::ofstream file(Stage(name), std::ios::binary | std::ios::trunc);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file)
    {
        throw StudyError(
            fmt::format("'{}' cannot be written in the results folder '{}'", name, m_path));
    }
}

std::vector<std::string>
StudyFolder::Files() const
{
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(m_staging))
    {
        if (entry.is_regular_file())
        {
            files.push_back(fs::path(entry.path()).lexically_relative(m_staging).generic_string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

void
StudyFolder::Commit(const std::string& last, const std::vector<std::string>& stale)
{
    std::vector<std::string> files = Files();
    std::stable_partition(files.begin(), files.end(), [&](const std::string& name) {
        return name != last;
    });
    std::error_code error;
    // Until the last file is there again, nothing claims that the results are whole.
    fs::remove(fs::path(m_path) / last, error);
    for (const std::string& name : files)
    {
        const fs::path target = fs::path(m_path) / name;
        error.clear();
        fs::create_directories(target.parent_path(), error);
        if (!error)
        {
            fs::rename(fs::path(m_staging) / name, target, error);
        }
        if (error)
        {
            throw StudyError(fmt::format("'{}' cannot be put into the results folder '{}': {}",
                                         name,
                                         m_path,
                                         error.message()));
        }
    }
    for (const std::string& name : stale)
    {
        if (IsInside(name) && std::find(files.begin(), files.end(), name) == files.end())
        {
            fs::remove(fs::path(m_path) / name, error);
        }
    }
    fs::remove_all(m_staging, error);
    m_done = true;
}

} // namespace strata
} // namespace ns3
