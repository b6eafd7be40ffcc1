// The bounds of packages that are handed in: this folder's part of limits.h. Value, unit, why this
// number, what happens beyond it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beian::http {

// A package. Stores take some GiB, but such games are rare; beyond: 413. conf/gate.toml has it.
inline constexpr std::uint64_t kPackageBytesDefault = 512 << 20;
inline constexpr std::uint64_t kPackageBytesMost = std::uint64_t{16} << 30;

// Inspections at a time, an idle thread each; beyond: 503. conf/gate.toml has it.
inline constexpr unsigned kPackagesConcurrentDefault = 2;
inline constexpr unsigned kPackagesConcurrentMost = 64;

// Where uploads lie while they are read. On a disk where there is one: /tmp may be memory.
inline constexpr std::string_view kPackageFolderDefault = "/var/tmp";

// What a worker gathers before the disk gets it, twice an upload: some four reads of a socket, so
// that a step costs more than its waking; then the connection waits.
inline constexpr std::size_t kPackagePieceBytes = 256 << 10;

// From its head on, an upload with its inspection has this long: 512 MiB at 1 MB/s; beyond: 408.
inline constexpr std::chrono::minutes kPackageDeadline{10};

}  // namespace beian::http
