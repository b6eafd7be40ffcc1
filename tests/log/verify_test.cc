// Every way to tamper with a small log is detected: each flipped bit, each cut, each record
// removed, duplicated, moved or brought in from elsewhere. The log has three segments, one of them
// compressed.
#include "gate/log/verify.h"

#include <gtest/gtest.h>

#include "tests/log/log_support.h"

namespace beian::log::test {
namespace {

#ifdef BEIAN_SANITIZED
constexpr std::size_t kStep = 13;  // in bytes; every byte would take minutes
#else
constexpr std::size_t kStep = 1;
#endif

struct Made {
  Files files;
  cache::PublicKey key{};
};

// Segments of three decisions each; the first is compressed. `first` tells logs apart.
Made make_log(std::uint64_t first, const Origin& origin, bool is_signed) {
  static const cache::SigningKey key = cache::SigningKey::generate();
  SimDisk disk;
  SegmentOptions options;
  options.segment_bytes = 900;
  options.ahead_bytes = 4'096;
  options.key = is_signed ? &key : nullptr;
  auto writer = SegmentWriter::open(&disk, options, origin, at_ms(0));
  EXPECT_TRUE(writer);
  for (std::uint64_t n = 0; n < 9; ++n) {
    EXPECT_TRUE(
        commit(writer->get(), {body_of(first + n)}, at_ms(static_cast<std::int64_t>(n) * 400)));
    tidy(&disk, writer->get(), n < 6);
  }
  EXPECT_TRUE((*writer)->stop(at_ms(9'000)));
  tidy(&disk, writer->get(), false);
  return {disk.contents(), key.public_key()};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end + 1 - at));
    at = end + 1;
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::vector<std::string> plain_segments(const Files& files) {
  std::vector<std::string> names;
  for (const auto& [name, data] : files)
    if (name.ends_with(".ndjson")) names.push_back(name);
  return names;
}

class VerifyTest : public testing::Test {
 protected:
  VerifyTest() : made_(make_log(1, kOrigin, true)), files_(made_.files) {
    options_.keys = {made_.key};
  }
  // Expects at least one fault in the log with one file changed.
  void expect_fault(const std::string& name, const std::string& data, const std::string& how) {
    Files changed = files_;
    changed[name] = data;
    EXPECT_GT(verify(changed, options_).faults_count, 0U) << name << ": " << how;
  }

  Made made_;
  Files& files_;
  VerifyOptions options_;
};

TEST_F(VerifyTest, AWholeLogHasNoFault) {
  const VerifyReport report = verify(files_, options_);
  EXPECT_EQ(report.faults_count, 0U) << text_of(report);
  EXPECT_EQ(report.decisions, 9U);
  EXPECT_GE(report.segments, 3U);
  EXPECT_TRUE(report.is_stopped);
  EXPECT_EQ(report.signed_checkpoints, report.checkpoints);
  EXPECT_EQ(report.vouched_sequence, report.last.sequence - 1);
  EXPECT_TRUE(std::ranges::any_of(files_, [](const auto& f) { return f.first.ends_with(".zst"); }));
  EXPECT_GE(plain_segments(files_).size(), 2U);
}

// Reported in its own file, and no later than the byte that was changed.
TEST_F(VerifyTest, EachFlippedBitIsFoundWhereItIs) {
  const Files unsigned_log = make_log(1, kOrigin, false).files;
  for (const auto& [name, data] : unsigned_log) {
    for (std::size_t i = 0; i < data.size(); i += kStep) {
      for (int bit = 0; bit < 8; ++bit) {
        Files changed = unsigned_log;
        changed[name][i] = static_cast<char>(data[i] ^ (1 << bit));
        const VerifyReport report = verify(changed);
        const bool is_named =
            std::ranges::any_of(report.faults, [&, &name = name](const Fault& fault) {
              const bool is_text = name.ends_with(".ndjson");
              return fault.file == name && (!is_text || fault.offset <= i);
            });
        ASSERT_TRUE(is_named) << name << " byte " << i << " bit " << bit << "\n" << text_of(report);
      }
    }
  }
}

TEST_F(VerifyTest, AFlippedByteOfASignedLogIsFound) {
  for (const auto& [name, data] : files_)
    for (std::size_t i = 0; i < data.size(); i += 3 * kStep) {
      std::string changed = data;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      expect_fault(name, changed, "flipped byte " + std::to_string(i));
    }
}

TEST_F(VerifyTest, EachCutIsFound) {
  const Files unsigned_log = make_log(1, kOrigin, false).files;
  for (const auto& [name, data] : unsigned_log)
    for (std::size_t size = 0; size < data.size(); size += kStep) {
      Files changed = unsigned_log;
      changed[name].resize(size);
      ASSERT_GT(verify(changed).faults_count, 0U) << name << " cut to " << size;
    }
}

TEST_F(VerifyTest, EachFileThatIsMissingIsFound) {
  for (const auto& [name, data] : made_.files) {
    Files changed = files_;
    changed.erase(name);
    EXPECT_GT(verify(changed, options_).faults_count, 0U) << name;
  }
  EXPECT_GT(verify({}, options_).faults_count, 0U);
}

TEST_F(VerifyTest, EachRecordTakenOutDoubledOrMovedIsFound) {
  for (const std::string& name : plain_segments(files_)) {
    const std::vector<std::string> lines = lines_of(files_.at(name));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::vector<std::string> changed = lines;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      expect_fault(name, joined(changed), "without line " + std::to_string(i + 1));
      changed = lines;
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
      expect_fault(name, joined(changed), "line " + std::to_string(i + 1) + " twice");
      for (std::size_t j = i + 1; j < lines.size(); ++j) {
        changed = lines;
        std::swap(changed[i], changed[j]);
        expect_fault(name, joined(changed), "lines swapped");
      }
    }
  }
}

// Records of another log of the same shape and length, and of a restart with the same beginning.
TEST_F(VerifyTest, EachRecordOfAnotherLogIsFound) {
  const Origin other_origin = {9, 9, 9};
  for (const Files& other :
       {make_log(101, other_origin, true).files, make_log(201, kOrigin, true).files}) {
    for (const std::string& name : plain_segments(files_)) {
      const std::vector<std::string> lines = lines_of(files_.at(name));
      const auto foreign = other.find(name);
      if (foreign == other.end()) continue;
      expect_fault(name, foreign->second, "the whole segment");
      const std::vector<std::string> others = lines_of(foreign->second);
      for (std::size_t i = 0; i < std::min(lines.size(), others.size()); ++i) {
        std::vector<std::string> changed = lines;
        changed[i] = others[i];
        expect_fault(name, joined(changed), "line " + std::to_string(i + 1));
        // All records from there on: within them the chain holds.
        changed.assign(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(i));
        changed.insert(changed.end(), others.begin() + static_cast<std::ptrdiff_t>(i),
                       others.end());
        if (i > 0) expect_fault(name, joined(changed), "from line " + std::to_string(i + 1));
      }
    }
  }
}

TEST_F(VerifyTest, SegmentsThatChangedPlacesAreFound) {
  const std::vector<std::string> names = plain_segments(files_);
  Files changed = files_;
  std::swap(changed[names[0]], changed[names[1]]);
  EXPECT_GT(verify(changed, options_).faults_count, 0U);
}

// Without the key one can write a chain that holds, but no checkpoint.
TEST_F(VerifyTest, ALogWrittenAnewWithoutTheKeyIsFound) {
  const Files forged = make_log(1, kOrigin, false).files;
  EXPECT_EQ(verify(forged).faults_count, 0U);
  EXPECT_GT(verify(forged, options_).faults_count, 0U);
  options_.keys = {cache::SigningKey::generate().public_key()};
  EXPECT_GT(verify(files_, options_).faults_count, 0U);
}

// After the last checkpoint anybody can append, and so claim that segments were removed. Neither
// `log verify` nor the next start believes the claim.
TEST(Verify, WhoRemovesSegmentsCannotExplainIt) {
  const cache::SigningKey key = cache::SigningKey::generate();
  SimDisk disk;
  SegmentOptions options;
  options.segment_bytes = 900;
  options.ahead_bytes = 4'096;
  options.key = &key;
  auto writer = SegmentWriter::open(&disk, options, kOrigin, at_ms(0));
  ASSERT_TRUE(writer);
  for (std::uint64_t n = 0; n < 9; ++n) {
    ASSERT_TRUE(commit(writer->get(), {body_of(n)}, at_ms(static_cast<std::int64_t>(n))));
    tidy(&disk, writer->get(), /*is_compressed=*/false);
  }
  ASSERT_GT((*writer)->index(), 2U);
  Files files = disk.contents();
  files.erase(segment_name(1));
  ChainPoint point = (*writer)->point();
  std::string& last = files.at(segment_name((*writer)->index()));
  append_record("retired", render(RetiredRecord{"t", 1}), point.sequence, &point, &last);
  VerifyOptions verifying;
  verifying.keys = {key.public_key()};
  const auto faults_of = [&](const Files& one) { return verify(one, verifying).faults_count; };
  EXPECT_EQ(faults_of(files), 1U);
  // The next start cuts the record, or refuses the log as damaged: it never vouches for it.
  SimDisk next;
  next.set_contents(files);
  writer = SegmentWriter::open(&next, options, kOrigin, at_ms(99));
  ASSERT_TRUE(writer) << writer.error().message;
  EXPECT_GT((*writer)->recovered_torn_bytes(), 0U);
  ASSERT_TRUE((*writer)->stop(at_ms(99)));
  tidy(&next, writer->get(), /*is_compressed=*/false);
  EXPECT_EQ(faults_of(next.contents()), 1U);
  append_record("decision", body_of(10), point.sequence, &point, &last);
  next.set_contents(files);
  EXPECT_FALSE(SegmentWriter::open(&next, options, kOrigin, at_ms(99)));
  EXPECT_EQ(next.contents(), files);
}

// Cut at a record boundary, with the head of that time: only a checkpoint kept elsewhere reveals
// it.
TEST_F(VerifyTest, ALogThatWasTakenBackIsFoundByACheckpointKeptElsewhere) {
  const auto head = parse_head(files_.at(kHeadName), kHeadName);
  ASSERT_TRUE(head);
  options_.expected = *head;
  EXPECT_EQ(verify(files_, options_).faults_count, 0U);
  Files earlier = files_;
  const std::string last = plain_segments(files_).back();
  std::vector<std::string> lines = lines_of(files_.at(last));
  lines.pop_back();
  while (!lines.empty() && lines.back().find("\"checkpoint\"") == std::string::npos)
    lines.pop_back();
  if (lines.empty()) {
    earlier.erase(last);
    lines = lines_of(earlier.at(plain_segments(earlier).back()));
  } else {
    earlier[last] = joined(lines);
  }
  earlier[kHeadName] = lines.back();
  VerifyOptions without = options_;
  without.expected.reset();
  EXPECT_EQ(verify(earlier, without).faults_count, 0U);
  EXPECT_GT(verify(earlier, options_).faults_count, 0U);
}

TEST_F(VerifyTest, ALineBeingWrittenIsNoFaultOfALiveLog) {
  const std::string last = plain_segments(files_).back();
  Files changed = files_;
  changed.erase(kHeadName);
  changed[last].resize(changed[last].size() - 5);
  changed[kHeadName] = lines_of(files_.at(plain_segments(files_).front())).back();
  options_.is_live = true;
  const VerifyReport report = verify(changed, options_);
  EXPECT_EQ(report.faults_count, 0U) << text_of(report);
  EXPECT_TRUE(report.is_last_torn);
}

// --- starting on a damaged log ---

// What verify says of a cut is what the next start does.
TEST_F(VerifyTest, ACutSaysWhetherTheNextStartRefusesTheLog) {
  const auto what_of = [](const Files& files) {
    const VerifyReport report = verify(files);
    return report.faults.empty() ? std::string() : report.faults[0].what;
  };
  const auto is_started_on = [](const Files& files) {
    SimDisk disk;
    disk.set_contents(files);
    return SegmentWriter::open(&disk, {}, kOrigin, at_ms(20'000)).has_value();
  };
  const std::string last = plain_segments(files_).back();
  Files torn = files_;
  torn[last] += R"({"record":"decision","seq)";
  EXPECT_NE(what_of(torn).find("next start cuts what was torn"), std::string::npos);
  EXPECT_TRUE(is_started_on(torn));
  Files cut = files_;
  cut[last].resize(cut[last].size() - 5);
  Files emptied = files_;
  emptied[last].clear();
  for (const Files& files : {cut, emptied}) {
    EXPECT_NE(what_of(files).find("next start refuses the log"), std::string::npos)
        << what_of(files);
    EXPECT_FALSE(is_started_on(files));
  }
}

TEST_F(VerifyTest, NoGateStartsOnALogWhoseLastSegmentWasTouched) {
  const std::string last = plain_segments(files_).back();
  const std::string& data = files_.at(last);
  for (std::size_t i = 0; i < data.size(); ++i) {
    SimDisk disk;
    Files changed = files_;
    changed[last][i] = static_cast<char>(data[i] ^ 4);
    disk.set_contents(changed);
    const auto writer = SegmentWriter::open(&disk, {}, kOrigin, at_ms(20'000));
    ASSERT_FALSE(writer) << "byte " << i;
    EXPECT_EQ(writer.error().kind, ErrorKind::kDamaged) << writer.error().message;
    EXPECT_EQ(disk.contents(), changed) << "byte " << i;
  }
}

TEST(Recovery, WhatIsCompressedIsNotToBeCompressedAgain) {
  SimDisk disk;
  for (const bool is_compressed : {false, true}) {
    auto writer = SegmentWriter::open(&disk, {}, kOrigin, at_ms(0));
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->stop(at_ms(1)));
    tidy(&disk, writer->get(), false);
    const std::uint64_t last = (*writer)->index();
    if (is_compressed) {
      ASSERT_TRUE(compress_segment(&disk, last));
    }
    writer = SegmentWriter::open(&disk, {}, kOrigin, at_ms(2));
    ASSERT_TRUE(writer);
    const auto closed = (*writer)->take_closed();
    EXPECT_EQ(std::ranges::count(closed, last), is_compressed ? 0 : 1);
    ASSERT_TRUE((*writer)->stop(at_ms(3)));
    tidy(&disk, writer->get(), false);
  }
}

// After the last checkpoint, only `durable` in a later group tells damage from a torn tail.
TEST(Recovery, ARecordThatWasOnceSafeIsNeverCut) {
  SimDisk disk;
  auto writer = SegmentWriter::open(&disk, {}, kOrigin, at_ms(0));
  ASSERT_TRUE(writer);
  for (std::uint64_t n = 1; n <= 4; ++n)
    ASSERT_TRUE(commit(writer->get(), {body_of(n)}, at_ms(static_cast<std::int64_t>(n))));
  const Files files = disk.contents();
  const std::string name = segment_name(1);
  const std::size_t second = files.at(name).find("\"n\":2");
  const std::size_t fourth = files.at(name).find("\"n\":4");
  Files changed = files;
  changed[name][second + 4] = '7';
  disk.set_contents(changed);
  EXPECT_FALSE(SegmentWriter::open(&disk, {}, kOrigin, at_ms(9)));
  EXPECT_EQ(disk.contents(), changed);
  changed = files;
  changed[name][fourth + 4] = '7';
  disk.set_contents(changed);
  const auto reopened = SegmentWriter::open(&disk, {}, kOrigin, at_ms(9));
  ASSERT_TRUE(reopened);
  EXPECT_GT((*reopened)->recovered_torn_bytes(), 0U);
  EXPECT_EQ(decisions_of(&disk), (std::vector<std::string>{body_of(1), body_of(2), body_of(3)}));
}

}  // namespace
}  // namespace beian::log::test
