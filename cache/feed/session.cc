#include "cache/feed/session.h"

#include "cache/feed/joined.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace beian::cache {

void FeedSession::emit(FeedRecord&& record) {
  if (std::holds_alternative<SubjectRecord>(record))
    ++stats_.subjects;
  else if (std::holds_alternative<ServiceRecord>(record))
    ++stats_.services;
  else
    ++stats_.deletes;
  if (on_record_) on_record_(std::move(record));
}

bool FeedSession::report(FeedProblem&& problem) {
  problem.column = std::max<std::uint64_t>(problem.column, 1);
  if (++stats_.bad_lines > bad_lines_max_) {
    fail(std::move(problem));
    return false;
  }
  if (on_problem_) on_problem_(problem);
  return true;
}

void FeedSession::fail(FeedProblem&& problem) {
  const std::string line = std::to_string(problem.line);
  const std::string column = std::to_string(std::max<std::uint64_t>(problem.column, 1));
  error_ = make_error(ErrorKind::kBadInput,
                      joined({name_, ":", line, ":", column, ": ", problem.message}));
}

Result<FeedStats> FeedSession::finish(const LineReader& lines, LineReader::Outcome last) {
  if (error_) return *error_;
  if (last == LineReader::Outcome::kFailed)
    return make_error(ErrorKind::kUnavailable, std::string(name_) + ": " + std::strerror(errno));
  stats_.lines = lines.line_number();
  return stats_;
}

}  // namespace beian::cache
