#include "gate/audit/row_reader.h"

#include "cache/base/limits.h"
#include "gate/audit/decoders.h"

namespace beian::audit {
namespace {

std::string describe(RowFault fault, std::string_view text) {
  switch (fault) {
    case RowFault::kTooLong:
      return "longer than a row may be (65536 bytes)";
    case RowFault::kOpenQuote:
      return "a quote is not closed within 65536 bytes; only this line is given up";
    case RowFault::kNotGb18030:
      return "not valid GB18030 at byte " +
             std::to_string(gb18030_bytes(text.substr(0, text.find(kNoGb18030))) + 1) +
             " of the row";
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
    problem_ = {400, "invalid-row", describe(fault, text), ""};
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
  if (reader_.read(json_, {}, &request_, &problem_)) return true;
  csv_->explain(cells_, &problem_);
  return false;
}

}  // namespace beian::audit
