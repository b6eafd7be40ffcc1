#include "gate/cli/serve_watch.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <optional>
#include <utility>

#include "gate/cli/console.h"
#include "gate/cli/key_warnings.h"

namespace beian::cli {
namespace {

// How often the registry file is checked; a replaced file is served within this time.
constexpr std::chrono::nanoseconds kInterval = std::chrono::seconds(1);

sigset_t awaited_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// How long to wait for a signal: short enough to notify the manager at least twice per interval.
timespec interval_for(const ServiceManager& manager) {
  std::chrono::nanoseconds interval = kInterval;
  if (const auto watchdog = manager.watchdog())
    interval = std::min<std::chrono::nanoseconds>(interval, *watchdog / 2);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(interval);
  return {seconds.count(), (interval - seconds).count()};
}

void tell(const std::optional<std::string>& news) {
  if (news) print_talk(*news);
}

}  // namespace

void Watch::block_signals() {
  const sigset_t signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Watch::Watch(const Watched& watched)
    : on_(watched),
      heartbeat_(&watched.server),
      lists_(http::RevocationLists::read(watched.reloader.in_effect().tls.client_crl)) {}

void Watch::until_stopped() {
  tell_policy_warnings();
  tell_ready();
  for (;;) {
    look_after_everything();
    const int signal = wait_for_signal();
    if (signal == SIGTERM || signal == SIGINT) return;
    const bool is_replaced = on_.reloader.registry().has_changed();
    drop_overwritten();
    if (signal == SIGHUP || is_replaced) reload(signal == SIGHUP, is_replaced);
  }
}

int Watch::wait_for_signal() const {
  const sigset_t signals = awaited_signals();
  const timespec interval = interval_for(on_.manager);
  return ::sigtimedwait(&signals, nullptr, &interval);
}

void Watch::look_after_everything() {
  tell_news();
  tell_what_ends();
  on_.serving.let_go();
  beat();
}

void Watch::tell_news() {
  tell(on_.serving.news());
  if (on_.log != nullptr) tell(on_.log->news());
  if (on_.packages != nullptr) tell(on_.packages->news());
}

// Of revocation lists and API keys: each warning once, and again when it was gone in between.
void Watch::tell_what_ends() {
  const Instant now = now_in_seconds();
  auto warnings = lists_.warnings(now);
  for (std::string& warning : key_warnings(on_.reloader.in_effect(), now))
    warnings.push_back(std::move(warning));
  for (const std::string& warning : warnings)
    if (std::ranges::find(warned_, warning) == warned_.end()) print_talk(warning);
  warned_ = std::move(warnings);
}

// Of expired exceptions: they have no effect, but stay in the policy until somebody deletes them.
void Watch::tell_policy_warnings() const {
  const auto policies = on_.serving.state().policies;
  for (const std::string& warning : policies->warnings(day_in_china(now_in_seconds())))
    print_talk(warning);
}

void Watch::tell_ready() const {
  on_.manager.tell_ready(described(*on_.serving.state().generation));
}

void Watch::beat() {
  if (on_.manager.watchdog() && heartbeat_.beats()) on_.manager.tell_alive();
}

void Watch::drop_overwritten() {
  if (!on_.serving.drop_overwritten()) return;
  print_talk(on_.reloader.registry().path() +
             " was written to while it was served, so the registry is lost: whatever rests on it "
             "is unknown until a whole file is there; replace it by a rename, as `registry build "
             "-o` does");
}

void Watch::reload(bool is_asked_for, bool is_replaced) {
  on_.manager.tell_reloading(monotonic_now());
  const auto meanwhile = [this] { beat(); };
  // A replaced registry is taken up even where a reload at the same time fails.
  const bool is_done = is_asked_for && on_.reloader.reload(meanwhile);
  if (is_replaced && !is_done) on_.reloader.reload_registry(meanwhile);
  if (is_asked_for) {
    lists_ = http::RevocationLists::read(on_.reloader.in_effect().tls.client_crl);
    tell_policy_warnings();
    warned_.clear();  // whoever asks for a reload gets them again
  }
  tell_ready();
}

}  // namespace beian::cli
