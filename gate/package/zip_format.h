// The records of a ZIP archive as APPNOTE.TXT section 4.3 has them: what starts each, and how long
// it is without its texts. Constants only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace beian::package {

inline constexpr std::uint32_t kEndMagic = 0x06054b50;
inline constexpr std::uint32_t kZip64EndMagic = 0x06064b50;
inline constexpr std::uint32_t kZip64LocatorMagic = 0x07064b50;
inline constexpr std::uint32_t kEntryMagic = 0x02014b50;
inline constexpr std::uint32_t kLocalMagic = 0x04034b50;

inline constexpr std::size_t kEndBytes = 22;
inline constexpr std::size_t kZip64EndBytes = 56;
inline constexpr std::size_t kZip64LocatorBytes = 20;
inline constexpr std::size_t kEntryBytes = 46;
inline constexpr std::size_t kLocalBytes = 30;

// In an entry's or the end's record: the number stands in the ZIP64 record.
inline constexpr std::uint16_t kAll16 = 0xFFFF;
inline constexpr std::uint32_t kAll32 = 0xFFFFFFFF;
inline constexpr std::uint16_t kZip64Extra =
    1;  // the id of an entry's extra field with such numbers

inline constexpr std::uint16_t kEncryptedFlag = 1;
inline constexpr std::uint16_t kDescriptorFlag = 1 << 3;  // sizes follow the data

}  // namespace beian::package
