// A check request, parsed: API.md's JSON or query string as values.
//
// Strings are views into the text that they were read from, and live as long as it does. An empty
// string means "not given". Vectors keep their capacity, so a reused request allocates nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cache/base/limits.h"
#include "cache/base/time.h"
#include "cache/filing/identity.h"
#include "gate/decision/finding.h"

namespace beian {

struct AppIdentity {
  Kind kind = Kind::kApp;
  bool is_kind_given = false;
  std::string_view name;
  std::string_view platform;  // lower case
  std::string_view package;
  std::string_view version;
  std::string_view sponsor_name;
  std::string_view sponsor_certificate;
  std::string_view host_platform;
  std::vector<Fingerprint> fingerprints;
  std::vector<KeyDigest> public_keys;
  std::vector<std::string_view> domains;  // as given
  std::vector<IpAddress> ips;
  std::vector<std::string_view> categories;  // one per item, trimmed
  std::optional<bool> offline;
  std::optional<bool> network_permission;
  std::optional<bool> operator_overseas;
  std::optional<bool> servers_overseas;
  std::optional<Day> first_published;
  std::optional<std::string_view> displayed_number;  // given and empty: nothing is displayed
};

struct CheckRequest {
  std::string_view id;        // of this row, echoed in the answer
  bool is_id_number = false;  // it was a JSON integer, whose digits `id` holds
  Operation operation = Operation::kDistribute;
  std::string_view filing_number;
  AppIdentity app;
  std::string_view provider;
  std::optional<Day> as_of;
  std::optional<std::uint64_t> min_serial;
  std::optional<bool> is_detail_full;

  // Resets everything to "not given"; keeps capacity.
  void clear();
};

}  // namespace beian
