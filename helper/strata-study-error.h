// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STUDY_ERROR_H
#define STRATA_STUDY_ERROR_H

#include <stdexcept>
#include <string>

namespace ns3
{
namespace strata
{

/** A study cannot go on; what() is one line that tells its user why. */
class StudyError : public std::runtime_error
{
  public:
    explicit StudyError(const std::string& message)
        : std::runtime_error(message)
    {
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_STUDY_ERROR_H */
