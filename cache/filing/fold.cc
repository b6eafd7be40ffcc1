// What folds to what. Tests: tests/filing/fold_test.cc, and every folded row of
// fixtures/filing_numbers.tsv.
#include "cache/filing/fold.h"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>

#include "cache/base/result.h"

namespace beian {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

struct Pair {
  char32_t from;
  char32_t to;
};

// White_Space of Unicode, and the blank of Braille.
constexpr Range kBlanks[] = {{0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},
                             {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F},
                             {0x205F, 0x205F}, {0x2800, 0x2800}, {0x3000, 0x3000}};

// Characters without a glyph: joiners, bidi controls, byte order marks, fillers, variation
// selectors, tags. They come with text copied from pages and chats.
constexpr Range kInvisible[] = {
    {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},     {0x115F, 0x1160},  {0x180B, 0x180F},
    {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F},   {0x3164, 0x3164},  {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xE0000, 0xE007F}, {0xE0100, 0xE01EF}};

// Hyphens, dashes, minus signs, and the two strokes that Chinese and Japanese keyboards give
// instead.
constexpr Range kDashes[] = {{0x2D7, 0x2D7},   {0x2010, 0x2015}, {0x2043, 0x2043}, {0x2212, 0x2212},
                             {0x2500, 0x2501}, {0x2E3A, 0x2E3B}, {0x30FC, 0x30FC}};

// Middle dots, as some print between the classes of a licence.
constexpr Range kDots[] = {{0xB7, 0xB7},     {0x2022, 0x2022}, {0x2027, 0x2027},
                           {0x2219, 0x2219}, {0x22C5, 0x22C5}, {0x30FB, 0x30FB}};

// Traditional characters and variants of everything that numbers, labels and other registers are
// written with. Sorted.
constexpr Pair kVariants[] = {
    {U'亰', U'京'}, {U'俻', U'备'}, {U'備', U'备'}, {U'傳', U'传'}, {U'動', U'动'}, {U'務', U'务'},
    {U'協', U'协'}, {U'單', U'单'}, {U'國', U'国'}, {U'圖', U'图'}, {U'寜', U'宁'}, {U'寧', U'宁'},
    {U'應', U'应'}, {U'晉', U'晋'}, {U'業', U'业'}, {U'權', U'权'}, {U'滬', U'沪'}, {U'營', U'营'},
    {U'瓊', U'琼'}, {U'碼', U'码'}, {U'節', U'节'}, {U'粵', U'粤'}, {U'絡', U'络'}, {U'經', U'经'},
    {U'網', U'网'}, {U'編', U'编'}, {U'聯', U'联'}, {U'聽', U'听'}, {U'與', U'与'}, {U'華', U'华'},
    {U'蔵', U'藏'}, {U'蘇', U'苏'}, {U'號', U'号'}, {U'術', U'术'}, {U'視', U'视'}, {U'訊', U'讯'},
    {U'許', U'许'}, {U'証', U'证'}, {U'詢', U'询'}, {U'證', U'证'}, {U'議', U'议'}, {U'貴', U'贵'},
    {U'資', U'资'}, {U'贑', U'赣'}, {U'贛', U'赣'}, {U'軟', U'软'}, {U'遼', U'辽'}, {U'閩', U'闽'},
    {U'陜', U'陕'}, {U'陝', U'陕'}, {U'隱', U'隐'}, {U'隴', U'陇'}, {U'雲', U'云'}, {U'電', U'电'},
    {U'靑', U'青'}, {U'魯', U'鲁'}, {U'黒', U'黑'}};
static_assert(std::ranges::is_sorted(kVariants, {}, &Pair::from));

constexpr char32_t kBlank = 0x110000;  // not characters: what fold_simply() returns for these
constexpr char32_t kNothing = 0x110001;

template <std::size_t N>
bool is_in(const Range (&ranges)[N], char32_t c) noexcept {
  return std::ranges::any_of(ranges, [c](Range r) { return c >= r.first && c <= r.last; });
}

// The one character that `c` folds to, kBlank or kNothing; `c` itself when no rule here names it.
char32_t fold_simply(char32_t c) noexcept {
  if (c >= U'a' && c <= U'z') return c - U'a' + U'A';
  if (c > 0x20 && c < 0x80) return c;
  if (c >= 0xFF01 && c <= 0xFF5E) return fold_simply(c - 0xFEE0);  // full width
  if (c < 0x4E00 || c > 0x9FFF) {                                  // no ideograph
    if (is_in(kBlanks, c)) return kBlank;
    if (is_in(kInvisible, c)) return kNothing;
    if (is_in(kDashes, c)) return U'-';
    if (is_in(kDots, c)) return U'.';
    if (c == 0x2ED8) return U'青';  // radicals, which texts copied from PDF have instead
    if (c == 0x2EA0) return U'民';
    return c == 0x2236 ? U':' : c;  // RATIO
  }
  const Pair* found = std::ranges::lower_bound(kVariants, c, {}, &Pair::from);
  return found != std::end(kVariants) && found->from == c ? found->to : c;
}

// A raised, lowered or circled digit is a footnote or a bullet, and a fraction is not its digits:
// to read those as part of the number would be a guess.
bool is_decoration(char32_t c) noexcept {
  const auto type = utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->decomp_type;
  return type == UTF8PROC_DECOMP_TYPE_SUPER || type == UTF8PROC_DECOMP_TYPE_SUB ||
         type == UTF8PROC_DECOMP_TYPE_CIRCLE || type == UTF8PROC_DECOMP_TYPE_FRACTION;
}

// Writes the NFKC of one character to `out`; returns its length, 0 when `c` stays as it is.
std::size_t normalize(char32_t c, char32_t (&out)[kSymbolsPerCharacterMax]) noexcept {
  if (is_decoration(c)) return 0;
  utf8proc_int32_t buffer[32];
  int boundary_class = UTF8PROC_BOUNDCLASS_START;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
  utf8proc_ssize_t count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), buffer,
                                                   std::size(buffer), options, &boundary_class);
  if (count <= 0 || count > static_cast<utf8proc_ssize_t>(std::size(buffer))) return 0;
  count = utf8proc_normalize_utf32(buffer, count, options);
  if (count <= 0 || count > static_cast<utf8proc_ssize_t>(kSymbolsPerCharacterMax)) return 0;
  if (count == 1 && static_cast<char32_t>(buffer[0]) == c) return 0;
  for (utf8proc_ssize_t i = 0; i < count; ++i) out[i] = static_cast<char32_t>(buffer[i]);
  return static_cast<std::size_t>(count);
}

// Appends symbols; remembers what was removed since the last one.
class Folder {
 public:
  explicit Folder(FoldedText* out) noexcept : out_(*out) {}

  void add(char32_t c, std::size_t offset) noexcept {
    offset_ = static_cast<std::uint16_t>(offset);
    const char32_t folded = fold_simply(c);
    if (folded != c || c < 0x80) return emit(folded, folded != c);
    char32_t normal[kSymbolsPerCharacterMax];
    const std::size_t count = normalize(c, normal);
    if (count == 0) return emit(c, false);
    for (std::size_t i = 0; i < count; ++i) emit(fold_simply(normal[i]), true);
  }

  void finish(std::size_t text_bytes) noexcept {
    offset_ = static_cast<std::uint16_t>(text_bytes);
    emit(U'\0', false);
    --out_.size;
  }

 private:
  void emit(char32_t c, bool is_changed) noexcept {
    const bool is_second_dash = c == U'-' && is_behind_dash_;
    is_behind_dash_ = c == U'-';
    // The Chinese dash is two characters wide and typed as two, and so are others in its place.
    if (c == kBlank || c == kNothing || is_second_dash) return drop(c == kBlank);
    BEIAN_ASSERT(out_.size < out_.symbols.size());
    out_.symbols[out_.size++] = {c, offset_, is_changed, has_gap_, has_blank_};
    has_gap_ = has_blank_ = false;
  }

  void drop(bool is_blank) noexcept {
    has_gap_ = true;
    has_blank_ |= is_blank;
  }

  FoldedText& out_;
  bool is_behind_dash_ = false;
  std::uint16_t offset_ = 0;
  bool has_gap_ = false;
  bool has_blank_ = false;
};

}  // namespace

bool FoldedText::has_rest(std::size_t i, std::u32string_view word) const noexcept {
  if (i > size || size - i < word.size()) return false;
  for (std::size_t j = 0; j < word.size(); ++j)
    if (symbols[i + j].c != word[j]) return false;
  return true;
}

std::size_t fold(std::string_view text, FoldedText* out) noexcept {
  BEIAN_ASSERT(text.size() <= limits::kNumberTextBytesMax);
  out->size = 0;
  Folder folder(out);
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  std::size_t i = 0;
  while (i < text.size()) {
    utf8proc_int32_t c;
    const auto length =
        utf8proc_iterate(bytes + i, static_cast<utf8proc_ssize_t>(text.size() - i), &c);
    if (length <= 0) return i;
    folder.add(static_cast<char32_t>(c), i);
    i += static_cast<std::size_t>(length);
  }
  folder.finish(text.size());
  return i;
}

}  // namespace beian
