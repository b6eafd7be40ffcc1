// The bounds of uploaded packages: this folder's additions to limits.h. Value, unit, why this
// number, what happens beyond it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beian::http {

// Size of a package; beyond: 413. Stores accept several GiB, but such games are rare. Set in
// conf/gate.toml.
inline constexpr std::uint64_t kPackageBytesDefault = 512 << 20;
inline constexpr std::uint64_t kPackageBytesMost = std::uint64_t{16} << 30;

// Inspections at a time, with one low-priority thread each; beyond: 503. Set in conf/gate.toml.
inline constexpr unsigned kPackagesConcurrentDefault = 2;
inline constexpr unsigned kPackagesConcurrentMost = 64;

// Where uploads are kept while they are read. Should be on a disk; /tmp may be in memory.
inline constexpr std::string_view kPackageFolderDefault = "/var/tmp";

// What a worker gathers before the disk gets it; allocated twice per upload. About four socket
// reads, so that a step costs more than waking its thread; beyond: the connection waits.
inline constexpr std::size_t kPackagePieceBytes = 256 << 10;

// Time for an upload and its inspection, from its head on: 512 MiB at 1 MB/s; beyond: 408.
inline constexpr std::chrono::minutes kPackageDeadline{10};

}  // namespace beian::http
