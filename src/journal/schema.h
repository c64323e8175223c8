// The tables of a run's database and of the index, and the checksums over their rows.
//
// Not the reading or writing of them. Invariant: a database whose schema is not exactly one of ours is refused before
// any of its rows is believed. Source: docs/formats/journal.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/entry.h"
#include "store/database.h"

namespace windlass::journal {

inline constexpr std::uint32_t kRunApplication = 0x574c4a52;    // "WLJR"
inline constexpr std::uint32_t kIndexApplication = 0x574c4a49;  // "WLJI"
inline constexpr std::uint32_t kRunSchemaVersion = 4;
inline constexpr std::uint32_t kLogNodes = 2;   ///< the version from which log rows know their flow node and time
inline constexpr std::uint32_t kLogLines = 3;   ///< … and their place by line and by node, and may be compressed
inline constexpr std::uint32_t kLogFrames = 4;  ///< … and the checksum of a compressed one is over what is stored
inline constexpr std::uint32_t kIndexSchemaVersion = 2;
inline constexpr std::uint32_t kIndexChecksums = 2;  ///< the version from which rows of the index have checksums

/// The bytes of a new run.db. The wrapped keys are in it from the start, so that no write-ahead log ever holds them.
[[nodiscard]] Result<std::string> make_run_image(std::string_view wrapped_run_key, std::string_view wrapped_secret_key);
[[nodiscard]] Result<std::string> make_index_image();

/// `corrupt` if the database is none of ours, `unsupported` if it is of a newer version. Gives its version.
[[nodiscard]] Result<std::uint32_t> check_run_schema(store::Database& db);
/// Brings a run's tables from `version` to ours; inside a transaction of the caller.
[[nodiscard]] Result<> upgrade_run(store::Database& db, std::uint32_t version);
[[nodiscard]] Result<std::uint32_t> check_index_schema(store::Database& db);
/// As upgrade_run; the caller fills the new checksums in.
[[nodiscard]] Result<> upgrade_index(store::Database& db, std::uint32_t version);

/// The one row of `state`: all heads, written with each commit.
struct StateRow {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  Digest chain{};
  std::uint64_t log_rows = 0;
  std::uint64_t log_bytes = 0;
  Digest log_chain{};
  std::uint64_t nodes = 0;
  std::uint64_t records = 0;
  std::uint64_t programs = 0;
  std::int64_t ended_ms = 0;
  std::string result;
};

/// An entry as it lies in the file: payload sealed, or the hash of the file that holds it.
struct StoredEntry {
  std::uint64_t sequence = 0;
  EntryType type = EntryType::note;
  EffectKind effect = EffectKind::none;
  std::string branch;
  std::uint64_t ordinal = 0;
  std::string step;
  std::int64_t line = 0;
  std::int64_t column = 0;
  Digest arguments{};
  std::uint8_t payload_kind = 0;
  Secrecy secrecy = Secrecy::run;
  std::string payload;
  std::string blob;  ///< 32 bytes, or empty
  std::int64_t time_ms = 0;
};

/// A log row as it lies in the file.
struct StoredLog {
  std::uint64_t row = 0;
  std::uint64_t start = 0;
  std::string branch;
  std::string token;
  std::uint64_t position = 0;
  std::uint64_t after_entry = 0;
  std::string bytes;
  std::uint64_t node = 0;
  std::int64_t time_ms = 0;
  std::uint64_t line = 0;    ///< newlines in the log before it
  std::uint64_t before = 0;  ///< bytes of the same node before it
  /// Written by format 3 or later: then node, time, line and before are in its checksum too.
  bool addressed = false;
  Digest checksum{};  ///< where it was read, and found right
};

[[nodiscard]] Digest header_digest(const RunHeader& header, std::string_view sealed_inputs,
                                   std::string_view sealed_secrets);
[[nodiscard]] Digest state_digest(const Digest& header, const StateRow& state);
[[nodiscard]] Digest next_link(const Digest& previous, const StoredEntry& entry);
[[nodiscard]] Digest next_link(const Digest& previous, const StoredLog& log);
/// Of a row that lies compressed as `frame`, since version 4: a tenth of the bytes, and the frame has a checksum of
/// what it unpacks to.
[[nodiscard]] Digest next_link(const Digest& previous, const StoredLog& log, std::string_view frame);
[[nodiscard]] Digest node_digest(const Digest& header, const FlowNode& node);
[[nodiscard]] Digest record_digest(const Digest& header, std::string_view kind, std::string_view key,
                                   std::string_view payload);

/// A digest as bytes of a column, and back; all zero for a column of another size.
[[nodiscard]] inline std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
[[nodiscard]] Digest to_digest(std::string_view bytes);

}  // namespace windlass::journal
