// Renders one decision as a log record: what was asked, what was answered, by which registry.
//
// The queue and the disk are elsewhere. One EntryWriter per thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "gate/decision/decision.h"
#include "gate/decision/request.h"
#include "gate/wire/decision_id.h"

namespace beian::log {

// How a request arrived, so that log replay parses it the same way.
enum class RequestForm : std::uint8_t { kJson, kQuery };
std::string_view name_of(RequestForm form) noexcept;  // json, query

// The key of the digests: 32 bytes. A value; any thread.
class DigestKey {
 public:
  // Reads a file of 64 hexadecimal digits; trailing white space is ignored. Errors: kUnavailable,
  // kBadInput.
  [[nodiscard]] static Result<DigestKey> load(const std::string& path);
  explicit DigestKey(const std::array<std::uint8_t, 32>& bytes) noexcept : bytes_(bytes) {}

  // The first eight bytes, in hexadecimal, of a hash of the key: tells keys apart and reveals
  // nothing else.
  std::string id() const;
  // Returns `hmac:` and 32 hexadecimal digits. `field` is hashed too, so that a package and a name
  // with the same text get different digests.
  std::string digest(std::string_view field, std::string_view value) const;

 private:
  friend class EntryWriter;
  std::array<std::uint8_t, 32> bytes_;
};

// How much is kept of what callers send.
struct Privacy {
  std::optional<DigestKey> key;  // if set: digests instead of texts
  bool is_request_kept = false;  // the request verbatim, for log replay
};

// Views, valid for one call.
struct Entry {
  wire::Milliseconds time;
  std::string_view decision_id;
  std::string_view caller;    // the authenticated caller; empty: nobody
  std::string_view peer;      // address
  std::string_view trace_id;  // 32 hexadecimal digits of a traceparent, or empty
  const CheckRequest& request;
  const Decision& decision;
  RequestForm form = RequestForm::kJson;
  std::string_view text;             // the request verbatim: JSON or a query string
  std::string_view request_id = {};  // the caller's own, or empty
};

class EntryWriter {
 public:
  explicit EntryWriter(Privacy privacy);
  ~EntryWriter();
  EntryWriter(EntryWriter&&) noexcept;

  // Appends the members that stand between `sequence` and `durable` of the record: one line of JSON
  // without braces, at most kRecordBytesMax. Allocates only to grow `out`, unless it makes digests.
  void append(const Entry& entry, std::string* out) const;

 private:
  friend class DigestKey;
  struct Mac;
  static std::string digest(const DigestKey& key, std::string_view field, std::string_view value);

  Privacy privacy_;
  std::unique_ptr<Mac> mac_;  // null: texts as given
};

// The trace id of a `traceparent` field [W3C Trace Context §3.2]; empty when the field is invalid.
std::string_view trace_id_of(std::string_view traceparent) noexcept;
// An `X-Request-ID` field if it matches `[A-Za-z0-9._-]{1,128}`, which needs no escaping wherever a
// log goes; else empty.
std::string_view request_id_of(std::string_view field) noexcept;

}  // namespace beian::log
