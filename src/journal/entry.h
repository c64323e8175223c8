// What a journal is made of: entries, log rows, flow nodes, records and the header, as plain values.
//
// Not here: how they are stored (run_journal.cc) or what payloads mean: a payload is opaque bytes that the engine
// encodes. Numbers of enumerators are part of the file format (docs/formats/journal.md): only ever add at the end.
// Source: the journal, keys, in-doubt rules and secrets of the design; the format page lists each column.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::journal {

/// A 128-bit BLAKE2b value: chain checksums and argument digests.
using Digest = std::array<std::uint8_t, 16>;

enum class EntryType : std::uint8_t {
  intent = 1,      ///< an effect is asked for
  progress = 2,    ///< what a step must not forget while it runs
  result = 3,      ///< the one result of an effect; first wins
  abort = 4,       ///< somebody ordered the end
  timer = 5,       ///< a timer of the run fired
  input = 6,       ///< an answer to an `input`
  limit = 7,       ///< a budget was reached; the evaluation ends
  order = 8,       ///< which branch goes on next
  env_edit = 9,    ///< a user's edit of a node's environment arrived
  resumed = 10,    ///< a new process took the run over
  note = 11,       ///< anything else that replay must see in its place
  restarted = 12,  ///< the prefix of a restart from a step ends here; what follows is this run's own
};

/// Decides alone what happens to an intent without a result after a crash.
enum class EffectKind : std::uint8_t { none = 0, pure = 1, read = 2, own = 3, task = 4, keyed = 5, once = 6 };

/// Which key seals a payload. `run` stays readable as long as the run is kept; `secret` is wiped when the run ends.
enum class Secrecy : std::uint8_t { run = 0, secret = 1 };

/// The key of an effect within its run: who asked, and the how manieth of that branch it is.
struct EffectKey {
  std::string branch;         ///< branch path as text; "" is the main branch
  std::uint64_t ordinal = 0;  ///< from 1; 0 where an entry belongs to no effect (an abort of the whole run)

  friend bool operator==(const EffectKey&, const EffectKey&) = default;
};

/// What append() takes. Views must live until it returns.
struct NewEntry {
  EntryType type = EntryType::note;
  EffectKind effect = EffectKind::none;
  std::string_view branch;
  std::uint64_t ordinal = 0;
  std::string_view step;  ///< step name; plain text in the file, never a secret
  std::int32_t line = 0;  ///< source position, 1-based; 0 unknown
  std::int32_t column = 0;
  Digest arguments{};             ///< RunReader::argument_digest(); all zero where there are none
  std::uint8_t payload_kind = 0;  ///< the engine's own number for the encoding of the payload
  std::string_view payload;       ///< clear bytes, at most kMaxPayload; sealed here
  Secrecy secrecy = Secrecy::run;
  std::int64_t time_ms = 0;  ///< wall time since 1970
};

/// An entry as it is read back.
struct Entry {
  std::uint64_t sequence = 0;  ///< from 1, without gaps
  EntryType type = EntryType::note;
  EffectKind effect = EffectKind::none;
  EffectKey key;
  std::string step;
  std::int32_t line = 0;
  std::int32_t column = 0;
  Digest arguments{};
  std::uint8_t payload_kind = 0;
  std::string payload;  ///< clear bytes; empty when wiped
  bool wiped = false;   ///< the payload was secret and the run has ended: its key is gone
  std::int64_t time_ms = 0;
  Digest checksum{};  ///< of this entry and all before it
};

/// A row of the log, in order of arrival.
struct LogRow {
  std::uint64_t row = 0;    ///< from 1, without gaps
  std::uint64_t start = 0;  ///< offset of its first byte in the whole log
  std::string branch;
  std::string token;              ///< of the step's stream, "" for a line the script made
  std::uint64_t position = 0;     ///< line ordinal in the branch, or the stream offset behind this piece
  std::uint64_t after_entry = 0;  ///< the newest entry when it was appended
  std::string bytes;
  std::uint64_t node = 0;    ///< flow node of the step it belongs to; 0: the run's own, or an older file
  std::int64_t time_ms = 0;  ///< when it came, 0 in older files
  std::uint64_t line = 0;    ///< newlines in the log before it
};

/// Where a line of the log begins.
struct LinePlace {
  std::uint64_t line = 1;    ///< from 1; that of the log's end where there is no such line
  std::uint64_t row = 1;     ///< the row that has its first byte
  std::uint64_t offset = 0;  ///< of that byte in the whole log
};

/// What some flow nodes have written, in order of arrival.
struct NodeLog {
  std::string text;
  std::uint64_t total = 0;  ///< bytes there are of them
};

/// A flow node: written when it begins, written again when something about it changes.
struct FlowNode {
  std::int64_t id = 0;      ///< the engine's number, > 0
  std::int64_t parent = 0;  ///< enclosing block, 0 for the outermost
  std::uint8_t kind = 0;    ///< the engine's number: run, block start, stage, branch, step …
  std::string display_name;
  std::string step;
  std::string branch;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;  ///< 0 while it goes on
  std::string result;
  std::string cause;   ///< one sentence: why it waits, was skipped or failed
  std::string detail;  ///< opaque to the journal

  friend bool operator==(const FlowNode&, const FlowNode&) = default;
};

struct Record {
  std::string kind;  ///< "stash", "artifact", "junit", "properties" …
  std::string key;
  std::string payload;

  friend bool operator==(const Record&, const Record&) = default;
};

/// A part of the program: the Jenkinsfile, a library tree, a loaded script, the prelude. Content is immutable.
struct ProgramPart {
  std::string role;  ///< unique in the run: "Jenkinsfile", "prelude", "library:NAME@VERSION" …
  std::string hash;  ///< 64 hex digits of BLAKE2b-256 over the bytes

  friend bool operator==(const ProgramPart&, const ProgramPart&) = default;
};

/// What is fixed when a run begins.
struct RunHeader {
  std::string uid;           ///< 32 hex digits
  std::string job;           ///< full name as given
  std::uint64_t number = 0;  ///< from 1 per job and state folder
  std::int64_t created_ms = 0;
  std::uint32_t semantics = 0;
  std::string inputs;                  ///< opaque; sealed in the file
  std::optional<std::string> secrets;  ///< opaque; nothing once the run has ended
  std::uint64_t epoch = 0;             ///< how often an owner opened it
};

struct RunEnd {
  std::string result;  ///< "SUCCESS", "FAILURE" …
  std::int64_t ended_ms = 0;
};

/// How far the journal is on disk: what relied on anything up to here may be seen outside.
struct Durable {
  std::uint64_t sequence = 0;   ///< newest durable entry
  std::uint64_t log_bytes = 0;  ///< durable bytes of the log
  std::uint64_t commit = 0;     ///< counts commits of this process; a gate for things that are not entries
};

inline constexpr std::size_t kInlinePayload = 64 * 1024;      ///< larger payloads become files beside the database
inline constexpr std::size_t kMaxPayload = 64 * 1024 * 1024;  ///< of one entry, record or program part
inline constexpr std::size_t kMaxName = 4096;                 ///< job, branch path, step, token, record key …

}  // namespace windlass::journal
