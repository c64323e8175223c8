// Effects whose files are in a pod: the program `windlass-worker` beside the agent there performs them by the same
// functions as this process would. This is the table of which effects those are, and the codec of both directions: the
// request, which is a script for the agent, and the worker's standard output.
//
// Pure: no files, no processes. What of the run goes into a request is remote_request.h, files on their way to a pod
// are remote_push.h, files that come back are remote_files.h. The form is docs/formats/worker.md.
//
// Invariant: whatever a pod sends (it is the tenant's), a decoder gives an outcome that this effect could have had
// here: paths are clean and below the folders that it writes, records are of its kinds, everything is bounded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "steps/effect.h"

namespace windlass::steps {

// ---- which effects
// ---------------------------------------------------------------------------------------------------

enum class Where : std::uint8_t {
  in_pod,           ///< by the worker, where the run's node is
  at_server,        ///< touches no file of a node
  at_server_files,  ///< calls a service from here and may read or write files of the node: remote_mirror.h
};

/// Not of any script: the worker sends files of the node, for remote_mirror.h. Its argument `wanted` is a list of maps
/// with `path` (absolute), `includes`, `excludes`, `defaults` (whether the usual excludes hold).
inline constexpr std::string_view kReadEffect = "pod.read";
inline constexpr std::string_view kMirrorFolder = "mirror";

/// What one effect reads of its run and may leave with it. Lists are separated by blanks.
struct EffectNeeds {
  std::string_view name;
  Where where = Where::at_server;
  std::string_view reads_records = {};   ///< kinds of this run's records
  std::string_view reads_runs = {};      ///< kind of records of other runs; without it RunServices::runs_of() refuses
  std::string_view reads_files = {};     ///< folders of run_folder()
  std::string_view writes_records = {};  ///< kinds
  std::string_view writes_files = {};    ///< folders of run_folder()
};
/// Null: no effect of that name.
const EffectNeeds* find_needs(std::string_view effect);
/// Whether the effect acts where the run's node is. credentials.bind and .release do so only where files are lent; the
/// second form tells those apart.
bool acts_in_pod(std::string_view effect);
bool acts_in_pod(std::string_view effect, const data::Value& arguments, RunServices& run);
/// The effect that gives back the `lease` of this one, in a pod as well; empty where there is nothing to give back.
std::string_view release_of(std::string_view effect);
/// All ids of credentials that the arguments name, each once.
std::vector<std::string> credential_ids(const data::Value& arguments);

// ---- the request
// -----------------------------------------------------------------------------------------------------

inline constexpr std::string_view kWorkerProgram = "/windlass/bin/windlass-worker";
inline constexpr std::size_t kMostScriptBytes = 14U << 20U;  ///< the agent takes 16 MiB with all around it
inline constexpr std::uint32_t kWorkerVersion = 1;

/// A file that the effect reads over there as run_folder(): `path` is "stashes/ab.tar.zst".
struct RemoteInput {
  std::string source;  ///< of this machine; empty: `content` is meant
  std::string path;
  std::string content = {};
};

/// Another run as the effect may see it; `records` are of the kind that the effect reads.
struct RemoteRun {
  OtherRun run;
  bool has_content = false;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::pair<std::string, data::Value>> records;
};

struct RemoteRequest {
  std::string effect, key, step;
  Place place;
  data::Value arguments;
  std::map<std::string, std::string> facts;
  std::int64_t now_millis = 0;
  std::vector<RecordWrite> records;      ///< of this run
  std::vector<data::Value> credentials;  ///< those that the arguments name
  std::vector<RemoteRun> runs;
  std::string scratch;               ///< a folder of the pod, this effect's own: files on their way in and out
  std::vector<RemoteInput> inputs;   ///< travel before the request (remote_push.h), not in it
  std::vector<std::string> secrets;  ///< for the engine to mask before anything runs; not part of the request
};

/// The text of the script that performs it. It may be larger than kMostScriptBytes: see remote_push.h.
std::string encode_request(const RemoteRequest& request);
/// The document alone: what follows the script's first line.
std::string encode_request_document(const RemoteRequest& request);
/// Errors: corrupt, exhausted, unsupported (of another version).
Result<RemoteRequest> decode_request(std::string_view document);

// ---- what comes back
// -------------------------------------------------------------------------------------------------

/// Takes the files of a run folder, one after the other. The decoder has checked the paths.
class FileSink {
 public:
  virtual ~FileSink() = default;
  /// A new file in place of whatever is there; the folders above are made. `modified`: milliseconds since 1970.
  virtual Result<> begin(const std::string& path, std::uint32_t mode, std::int64_t modified) = 0;
  virtual Result<> bytes(std::string_view bytes) = 0;
  virtual Result<> end() = 0;
  /// Everything below this folder goes: a report that is published again.
  virtual Result<> clear(const std::string& folder) = 0;
};

struct DecoderLimits {
  std::string effect;  ///< decides which folders and records may come; empty: none (puts and extracts)
  std::uint64_t max_file_bytes = 64ULL << 30U;  ///< of all files together
  std::string too_large = {};                   ///< what is said of more, where it is another one's limit
  std::uint64_t max_files = 200'000;
  std::size_t max_result_bytes = 256U << 20U;
  std::size_t max_secrets = 10'000;
};

class OutputDecoder {
 public:
  /// `sink` must live as long as the decoder.
  OutputDecoder(DecoderLimits limits, FileSink& sink);
  /// The next bytes of standard output, in any cut. After an error the stream is of no use. Errors: corrupt (no output
  /// of a worker), forbidden (a path or record that this effect does not write), exhausted (a limit), the sink's.
  Result<> push(std::string_view bytes);
  /// Once the result has come: nothing may follow it.
  [[nodiscard]] std::optional<Outcome> outcome();
  /// Secrets that were made known since the last call.
  std::vector<std::string> take_secrets();

 private:
  Result<> take_frame(std::uint8_t type, std::string_view payload);
  Result<> begin_file(std::string_view payload);
  Result<> take_result(std::string_view payload);

  DecoderLimits limits_;
  FileSink& sink_;
  std::string pending_;  ///< the beginning of a frame
  bool has_greeting_ = false, in_file_ = false;
  std::uint64_t file_bytes_ = 0, files_ = 0;
  std::size_t secret_bytes_ = 0, secrets_seen_ = 0;
  std::vector<std::string> secrets_;
  std::vector<std::string> cleared_;
  std::optional<Outcome> outcome_;
};

/// The outcome of a task that ended without a result: one sentence that says where and how. `exit_code` is 128+n after
/// signal n, 127 where the program is not there.
Outcome missing_outcome(std::string_view step, std::string_view container, int exit_code);

// Frames as the worker writes them.
std::string encode_greeting();
std::string encode_file_begin(std::string_view path, std::uint32_t mode, std::int64_t modified);
std::string encode_file_bytes(std::string_view bytes);
std::string encode_file_end();
std::string encode_mask(std::string_view secret);
std::string encode_result(const Outcome& outcome);
inline constexpr std::size_t kMostFileBytesFrame = 256U << 10U;

}  // namespace windlass::steps
