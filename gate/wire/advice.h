// Advice: where to file, who decides and what to bring, worded once from guidance and escaped for
// JSON, so that an answer only copies it. Supplies parts of the sentences of messages.cc.
//
// Immutable; any thread. What it returns goes into a JSON string unchanged, and lives as long as
// the object.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/filing/provinces.h"
#include "gate/wire/guidance.h"
#include "gate/wire/language.h"

namespace beian::wire {

class Advice {
 public:
  explicit Advice(const Guidance& guidance);

  // Where anybody can look up a filing (F-11).
  std::string_view query() const noexcept { return query_; }
  // Names and addresses of filing systems (F-6).
  std::string_view portals(Language language) const noexcept { return portals_.in(language); }
  // The administration that decides (F-5), for a province by its index; general wording for
  // nullopt.
  std::string_view administration(std::optional<std::uint8_t> province,
                                  Language language) const noexcept;
  // Where to file, as a clause without a subject, to be followed by an administration and
  // where_end(): F-5, F-6, F-13; for mini-programs and quick apps F-14. `host` names the host
  // platform by its id in the guidance, its name, or another usual word for it (微信).
  std::string_view where(Kind kind, std::string_view host, Language language) const;
  static std::string_view where_end(Language language) noexcept;
  // What to bring: F-8 for a unit, F-9 for an individual, both when the sponsor's nature is not
  // known.
  std::string_view materials(std::optional<bool> is_individual, Language language) const noexcept;

 private:
  struct Text {
    std::string zh;
    std::string en;

    std::string_view in(Language language) const noexcept {
      return language == Language::kZh ? zh : en;
    }
  };
  struct HostPlatform {
    std::string id;
    std::array<std::string, 3> words;  // id and names, folded by fold_name()
    std::optional<std::size_t> usual;  // host_platform_index() of the id
    Text where;
  };

  template <class Word>
  static Text text(Word word);
  // nullptr: not in the guidance.
  const HostPlatform* host_platform(std::string_view text) const;

  std::string query_;
  Text portals_;
  std::array<Text, kProvinceCount> administrations_;  // empty: not in the guidance
  Text any_administration_;
  Text where_app_;
  Text where_mini_program_;  // for a platform that is not in the guidance
  Text where_quick_app_;
  std::vector<HostPlatform> host_platforms_;
  Text unit_materials_;
  Text individual_materials_;
  Text materials_;
};

}  // namespace beian::wire
