#include "gate/package/lineage.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "gate/package/byte_reader.h"
#include "gate/package/openssl_handle.h"
#include "gate/package/signature_algorithm.h"
#include "gate/package/signature_limits.h"

namespace beian::package {
namespace {

// One level of the chain; views of the record.
struct Level {
  ByteView signed_data;
  ByteView certificate;
  std::uint32_t signed_by = 0;  // the algorithm the previous level signed this one with
  std::uint32_t flags = 0;
  std::uint32_t signs_by = 0;  // the algorithm this level signs the next one with
  ByteView signature;          // by the previous level; empty in the first
};

std::optional<Level> parse_level(ByteView bytes) {
  ByteReader reader(bytes);
  const auto signed_data = reader.prefixed();
  const auto flags = reader.u32();
  const auto signs_by = reader.u32();
  const auto signature = reader.prefixed();
  if (!signed_data || !flags || !signs_by || !signature) return std::nullopt;
  ByteReader inside(*signed_data);
  const auto certificate = inside.prefixed();
  const auto signed_by = inside.u32();
  if (!certificate || !signed_by) return std::nullopt;
  return Level{*signed_data, *certificate, *signed_by, *flags, *signs_by, *signature};
}

bool vouches(const Level& before, const Level& level) {
  const SignatureAlgorithm* const algorithm = find_algorithm(before.signs_by);
  if (algorithm == nullptr || level.signed_by != before.signs_by) return false;
  const KeyHandle key = key_of_certificate(before.certificate);
  return verify_signature(*algorithm, key.get(), level.signed_data, level.signature);
}

Error bad_level(std::size_t level, std::string_view what) {
  return make_error(ErrorKind::kBadInput,
                    "rotation, certificate " + std::to_string(level) + ": " + std::string(what));
}

}  // namespace

Result<std::vector<LineageStep>> read_lineage(ByteView record) {
  ByteReader reader(record);
  std::vector<LineageStep> steps;
  std::optional<Level> before;
  // A version, which Android ignores: it only says which flags the writer knew.
  if (!reader.u32()) return bad_level(1, "the record is cut off");
  while (!reader.is_at_end()) {
    const std::size_t number = steps.size() + 1;
    if (number > limits::kLineageMax) return bad_level(number, "more than anybody rotates");
    const auto bytes = reader.prefixed();
    const auto level = bytes ? parse_level(*bytes) : std::nullopt;
    if (!level) return bad_level(number, "the record is cut off");
    if (before && !vouches(*before, *level))
      return bad_level(number, "the one before does not vouch for it");
    auto certificate = describe_certificate(level->certificate);
    if (!certificate) return bad_level(number, certificate.error().message);
    if (std::ranges::any_of(steps, [&](const LineageStep& step) {
          return step.certificate.sha256 == certificate->sha256;
        }))
      return bad_level(number, "it is there twice");
    steps.push_back({std::move(*certificate), level->flags});
    before = level;
  }
  return steps;
}

}  // namespace beian::package
