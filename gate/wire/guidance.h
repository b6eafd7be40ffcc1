// Guidance: where to file and what to bring, from conf/guidance.toml. Texts for people, not rules.
//
// Immutable after loading; any thread. Views live as long as the object.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/filing/number.h"

namespace beian::wire {

class Advice;

class Guidance {
 public:
  // One text in both languages; neither is empty.
  struct Text {
    std::string zh;
    std::string en;

    friend bool operator==(const Text&, const Text&) = default;
  };
  struct Portal {
    Text name;
    std::string url;

    friend bool operator==(const Portal&, const Portal&) = default;
  };
  struct HostPlatform {
    std::string id;  // as used in app.host_platform
    Text name;
    Text where;
    Kind kind = Kind::kMiniProgram;  // what runs in it: mini-programs or quick apps

    friend bool operator==(const HostPlatform&, const HostPlatform&) = default;
  };

  // Compiled in from conf/guidance.toml.
  static const Guidance& built_in();
  // Parses TOML in the format of conf/guidance.toml; messages call it `name`. Errors: kBadInput
  // with all errors, one per line, each with line and key.
  [[nodiscard]] static Result<Guidance> parse(std::string_view toml, std::string_view name);

  const std::string& query_url() const noexcept { return query_url_; }
  std::span<const Portal> portals() const noexcept { return portals_; }
  std::span<const HostPlatform> host_platforms() const noexcept { return host_platforms_; }
  std::span<const Text> unit_checklist() const noexcept { return unit_checklist_; }
  std::span<const Text> individual_checklist() const noexcept { return individual_checklist_; }
  // The provincial administration, by the character that begins a filing number (川, 甘, 贵 and 云
  // of licences are not in the data). nullptr when there is none.
  const Text* administration(std::string_view province) const noexcept;
  bool says_the_same(const Guidance& other) const;
  // The guidance worded for answers; see advice.h.
  const Advice& advice() const noexcept { return *advice_; }

 private:
  struct Administration {
    std::string province;
    Text name;

    friend bool operator==(const Administration&, const Administration&) = default;
  };

  Guidance() = default;
  friend class GuidanceParser;

  std::string query_url_;
  std::vector<Portal> portals_;
  std::vector<HostPlatform> host_platforms_;
  std::vector<Text> unit_checklist_;
  std::vector<Text> individual_checklist_;
  std::vector<Administration> administrations_;
  std::shared_ptr<const Advice> advice_;
};

}  // namespace beian::wire
