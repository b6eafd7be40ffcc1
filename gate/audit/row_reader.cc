#include "gate/audit/row_reader.h"

#include "cache/base/limits.h"

namespace beian::audit {
namespace {

std::string_view describe(RowFault fault) noexcept {
  switch (fault) {
    case RowFault::kTooLong:
      return "longer than a row may be (65536 bytes)";
    case RowFault::kOpenQuote:
      return "a quote is not closed within 65536 bytes; only this line is given up";
    case RowFault::kNone:
      break;
  }
  return "";
}
static_assert(limits::kAuditRowBytesMax == 65'536, "as describe() says");

}  // namespace

bool RowReader::read(std::string_view text, RowFault fault) {
  unknown_.clear();
  if (fault != RowFault::kNone) {
    request_.clear();
    problem_ = {400, "invalid-row", std::string(describe(fault)), ""};
    return false;
  }
  json_ = text;
  if (csv_ == nullptr)
    return reader_.read(json_, {.is_strict = false, .unknown = &unknown_}, &request_, &problem_);
  if (!csv_->to_json(text, &cells_, &csv_json_, &problem_)) {
    request_.clear();
    return false;
  }
  json_ = csv_json_;
  return reader_.read(json_, {}, &request_, &problem_);
}

}  // namespace beian::audit
