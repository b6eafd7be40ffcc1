// Goal: whatever a damaged text still shows of a number is read, and nothing that it does not show.
#include "gate/decision/fragments.h"

#include <gtest/gtest.h>

#include <string>

#include "cache/filing/fold.h"
#include "cache/filing/number.h"

namespace beian {
namespace {

// Each number found, printed canonically: a serial is without its letter.
std::string numbers_of(std::string_view text) {
  FoldedText folded;
  EXPECT_EQ(fold(text, &folded), text.size());
  const Fragments fragments(folded);
  std::string out;
  for (const NumberParts& parts : fragments.list())
    out += (out.empty() ? "" : " ") + canonical(FilingNumber::pack(parts));
  return out;
}

struct FragmentRow {
  std::string_view text;
  std::string_view shows;
};

constexpr FragmentRow kFragmentRows[] = {
    // The token is lost or misspelt.
    {"沪备2020012345号-1A", "沪ICP备2020012345号-1"},
    {"沪IPC备2020012345号-1A", "沪ICP备2020012345号-1"},
    {"沪2020012345", "沪ICP备2020012345号"},
    {"京ICP备案登记编号是2023000001号", ""},  // too far from the province
    // The count of digits, and what is printed before them, decide the form.
    {"京备12004567号-2A", "京ICP备12004567号-2"},
    {"京ICP12004567证", "京ICP备12004567号"},
    {"京ICP正证12004567号", "京ICP证12004567号"},
    {"京ICP号030173", "京ICP证030173号"},
    {"粤B220090059-1615A", "粤B2-20090059-1615"},
    {"粤A1.B2号-20090059", "粤A1.B2-20090059"},
    {"粤A20090059", "粤A2-20090059"},
    {"粤APP20090059", "粤ICP备20090059号"},
    {"合字B2号20230401", "合字B2-20230401"},
    {"合字20230401", "合字B2-20230401"},
    {"合字030173备", "合字B2-030173"},
    {"合字备2023000001", ""},
    // A character that the province uses on licences only is read as the one it uses on filings.
    {"川备2020012345号-1A", "蜀ICP备2020012345号-1"},
    // Digits interrupted by something.
    {"京ICP备(2020)012345号", "京ICP备2020012345号"},
    {"京ICP备2020-012345号-3A", "京ICP备2020012345号-3"},
    {"京ICP备2020号012345", ""},
    {"京ICP备20200123456号", ""},
    {"京ICP备2020-_-_012345号", ""},
    // Serials.
    {"京备2023000001号_2A", "京ICP备2023000001号-2"},
    {"京备2023000001号-A02", "京ICP备2023000001号-2"},
    {"京备2023000001号2", "京ICP备2023000001号-2"},
    {"京备2023000001号共2", "京ICP备2023000001号"},
    {"京备2023000001号-9999999", "京ICP备2023000001号"},
    {"京备2023000001号-_-_2", "京ICP备2023000001号"},
    // Several numbers, up to four, and numbers after another province.
    {"京备2023000001号 粤备2023000002号-1", "京ICP备2023000001号 粤ICP备2023000002号-1"},
    {"北京粤备2023000002号", "粤ICP备2023000002号"},
    {"京2023000001京2023000002京2023000003京2023000004京2023000005",
     "京ICP备2023000001号 京ICP备2023000002号 京ICP备2023000003号 京ICP备2023000004号"},
    // None.
    {"", ""},
    {"2023000001", ""},
    {"港ICP备2023000001号", ""},
    {"京ICP备123号", ""},
};

TEST(Fragments, AreWhatTheTextShows) {
  for (const FragmentRow& row : kFragmentRows)
    EXPECT_EQ(numbers_of(row.text), row.shows) << row.text;
}

}  // namespace
}  // namespace beian
