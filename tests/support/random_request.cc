// Requests about random worlds: mostly one service's own data, with near misses of each field.
#include <set>

#include "cache/filing/parse.h"
#include "tests/support/random_alphabet.h"
#include "tests/support/random_world.h"

namespace beian::test {
namespace {

void replace_first(std::string* text, std::string_view from, std::string_view to) {
  const std::size_t found = text->find(from);
  if (found != std::string::npos) text->replace(found, from.size(), to);
}

// Writes one JSON object; its values need no escaping.
class Fields {
 public:
  void text(std::string_view name, std::string_view value) {
    key(name);
    out_ += '"';
    out_ += value;
    out_ += '"';
  }
  void raw(std::string_view name, std::string_view value) {
    key(name);
    out_ += value;
  }
  bool empty() const { return out_.empty(); }
  std::string object() const { return "{" + out_ + "}"; }

 private:
  void key(std::string_view name) {
    if (!out_.empty()) out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  std::string out_;
};

template <class List>
void add_list(Dice& dice, std::string_view name, std::size_t chance, const List& words,
              Fields* fields) {
  if (!dice.percent(chance)) return;
  std::string list;
  for (std::size_t left = 1 + (dice.percent(30) ? dice.below(3) : 0); left > 0; --left) {
    if (!list.empty()) list += ',';
    list += '"';
    list += dice.one_of(words);
    list += '"';
  }
  fields->raw(name, "[" + list + "]");
}

template <class List>
void add_word(Dice& dice, std::string_view name, std::size_t chance, const List& words,
              Fields* fields) {
  if (dice.percent(chance)) fields->text(name, dice.one_of(words));
}

void add_flag(Dice& dice, std::string_view name, std::size_t chance, Fields* fields) {
  if (dice.percent(chance)) fields->raw(name, dice.percent(50) ? "true" : "false");
}

FilingNumber mistaken(Dice& dice, const FilingNumber& number) {
  switch (dice.below(3)) {
    case 0:
      return number.with_service(static_cast<std::uint32_t>(1 + dice.below(18)), number.kind());
    case 1:
      return number.with_service(number.serial(), static_cast<Kind>(1 + dice.below(4)));
    default:
      return number.subject_number();
  }
}

std::string claimed_number(Dice& dice, const FilingNumber& number) {
  if (dice.percent(70)) return dice.percent(60) ? canonical(number) : retyped(dice, number);
  if (dice.percent(60)) return canonical(mistaken(dice, number));
  if (dice.percent(10)) return " \\t";
  return std::string(dice.percent(50) ? dice.one_of(alphabet::kStrangers)
                                      : dice.one_of(alphabet::kNoNumbers));
}

// Platform, package and certificates, either from one of the service's platforms or at random.
void add_platform(Dice& dice, const ServiceRecord& about, Fields* app) {
  const bool has_own = about.platforms && !about.platforms->empty() && dice.percent(75);
  const PlatformRecord own = has_own ? dice.one_of(*about.platforms) : PlatformRecord{};
  if (has_own && dice.percent(55))
    app->text("platform", own.os);
  else
    add_word(dice, "platform", 20, alphabet::kSystems, app);
  if (has_own && own.package && dice.percent(50))
    app->text("package", *own.package);
  else
    add_word(dice, "package", 15, alphabet::kPackages, app);
  if (has_own && own.fingerprints && !own.fingerprints->empty() && dice.percent(30))
    app->text("fingerprint", to_hex(dice.one_of(*own.fingerprints).view()));
  else
    add_list(dice, "fingerprint", 20, alphabet::kFingerprints, app);
  add_list(dice, "public_key", 15, alphabet::kKeys, app);
}

std::string app_object(Dice& dice, const ServiceRecord& about) {
  Fields app;
  if (dice.percent(25)) {
    constexpr std::string_view kKinds[] = {"app", "app", "mini_program", "quick_app"};
    app.text("kind", dice.one_of(kKinds));
  }
  if (about.names && !about.names->empty() && dice.percent(25))
    app.text("name", dice.one_of(*about.names));
  else
    add_word(dice, "name", 15, alphabet::kNameRenderings, &app);
  Fields sponsor;
  add_word(dice, "name", 15, alphabet::kSponsorRenderings, &sponsor);
  add_word(dice, "certificate_number", 10, alphabet::kCertificateRenderings, &sponsor);
  if (!sponsor.empty()) app.raw("sponsor", sponsor.object());
  if (dice.percent(60)) add_platform(dice, about, &app);
  add_list(dice, "domains", 25, alphabet::kDomainRenderings, &app);
  add_list(dice, "ips", 20, alphabet::kAddresses, &app);
  add_list(dice, "categories", 15, alphabet::kCategories, &app);
  add_word(dice, "host_platform", 25, alphabet::kHostRenderings, &app);
  add_flag(dice, "offline", 8, &app);
  add_flag(dice, "network_permission", 15, &app);
  add_flag(dice, "operator_overseas", 12, &app);
  add_flag(dice, "servers_overseas", 12, &app);
  add_word(dice, "first_published", 20, alphabet::kFirstPublished, &app);
  if (dice.percent(15)) {
    std::string shown = dice.percent(20) ? std::string() : claimed_number(dice, about.number);
    if (dice.percent(30)) {
      constexpr std::string_view kBetween[] = {"；", " ", "\u00A0", "丨", "·", "和", " | "};
      shown += std::string(dice.one_of(kBetween)) + claimed_number(dice, about.number);
    }
    app.text("displayed_number", shown);
  }
  return app.object();
}

}  // namespace

std::string retyped(Dice& dice, const FilingNumber& number) {
  std::string text = canonical(number);
  // One change, or two different ones.
  const std::size_t first = dice.below(12);
  const std::size_t second = dice.percent(50) ? first : (first + 1 + dice.below(11)) % 12;
  for (const std::size_t change : std::set{first, second}) {
    switch (change) {
      case 0:
        replace_first(&text, "ICP", "ＩＣＰ");
        break;
      case 1:
        replace_first(&text, "ICP", "icp");
        break;
      case 2:
        replace_first(&text, "备", "備");
        break;
      case 3:
        replace_first(&text, "20", "２０");
        break;
      case 4:
        replace_first(&text, "-", "－");
        break;
      case 5:
        replace_first(&text, "号", " 号 ");
        break;
      case 6:
        replace_first(&text, "A", "a");
        break;
      case 7:
        replace_first(&text, "0", "\u200b0");
        break;
      case 8:
        replace_first(&text, "备", "备案");
        break;
      case 9:
        replace_first(&text, "号", "");
        break;
      case 10:
        text += "。";
        break;
      default:
        text = "备案号：" + text;
        break;
    }
  }
  return text;
}

std::string random_request(Dice& dice, const World& world) {
  const ServiceRecord& about = dice.one_of(world.services);
  Fields out;
  constexpr std::string_view kOperations[] = {"distribute", "connect", "preinstall"};
  out.text("operation", dice.one_of(kOperations));
  if (dice.percent(65)) out.text("filing_number", claimed_number(dice, about.number));
  if (dice.percent(90)) out.raw("app", app_object(dice, about));
  add_word(dice, "provider", 20, alphabet::kProviderRenderings, &out);
  add_word(dice, "as_of", 30, alphabet::kAsOf, &out);
  if (dice.percent(10)) out.raw("min_serial", std::to_string(world.serial - 1 + dice.below(3)));
  return out.object();
}

}  // namespace beian::test
