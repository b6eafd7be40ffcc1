// Any bytes as the folder of a log: one segment, plain or compressed, and its head. Oracles: a log
// that verifies has as many decisions as can be read from it; a gate that starts on a log leaves
// one that verifies as well as before; one that does not start changes nothing.
#include <cstdint>
#include <string>

#include "gate/log/segment_writer.h"
#include "gate/log/verify.h"
#include "gate/log/walk.h"
#include "tests/fuzz/die.h"
#include "tests/log/sim_disk.h"

namespace {

constexpr std::string_view kBoundary = "\n--\n";  // between the segment and its head

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace beian;
  using beian::test::die;
  using namespace beian::log;
  if (size == 0) return 0;
  const bool is_compressed = data[0] == 'z';
  const std::string_view text = as_text({data + 1, size - 1});
  const std::size_t cut = std::min(text.find(kBoundary), text.size());
  std::map<std::string, std::string> files;
  files[segment_name(1) + (is_compressed ? ".zst" : "")] = text.substr(0, cut);
  if (cut < text.size()) files[kHeadName] = text.substr(cut + kBoundary.size());
  log::test::SimDisk disk;
  disk.set_contents(files);

  const auto segments = list_segments(&disk);
  if (!segments) die("the folder does not list");
  const auto report = verify_log(&disk, *segments, {});
  if (!report) die("a file in memory does not read");
  std::uint64_t decisions = 0;
  std::uint64_t faults = 0;
  DecisionWalk walk;
  walk.on_decision = [&](const DecisionRecord&, std::string_view) { ++decisions; };
  walk.on_fault = [&](const std::string&, std::string_view) { ++faults; };
  if (!walk_decisions(&disk, *segments, walk)) die("a file in memory does not read");
  // A body that is not a decision is a fault only to the walk; the chain does not look inside
  // bodies.
  if (report->faults_count == 0 && report->decisions != decisions + faults)
    die("a decision of a whole log is not read");

  const auto writer =
      SegmentWriter::open(&disk, {}, {1}, wire::Milliseconds(std::chrono::milliseconds(1)));
  if (!writer) {
    if (disk.contents() != files) die("a refused log was changed");
    return 0;
  }
  if (is_compressed && report->faults_count > 0) return 0;  // only verify checks closed segments
  if (!(*writer)->stop(wire::Milliseconds(std::chrono::milliseconds(2)))) die("it does not stop");
  if (const auto head = (*writer)->take_head();
      !head || !replace_file(&disk, kHeadName, as_bytes(*head)))
    die("no head");
  const auto after = list_segments(&disk);
  const auto again = verify_log(&disk, *after, {});
  if (!again || again->faults_count > report->faults_count) die("a start made faults");
  return 0;
}
