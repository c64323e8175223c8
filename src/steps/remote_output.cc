// The worker's standard output: frames, and what a pod may say in them (remote_effect.h).
#include <algorithm>

#include "steps/detail/remote_values.h"
#include "steps/remote_effect.h"

namespace windlass::steps {

namespace {

using data::Value;
using detail::encode_value;
using detail::kMostDepth;
using detail::read_records;
using detail::records_value;

// ---- frames
// ----------------------------------------------------------------------------------------------------------

constexpr std::size_t kHeaderBytes = 5;
constexpr std::size_t kMostSecretBytes = 1U << 20U;  ///< all of them are searched for in every line of the log
constexpr std::size_t kMostSmallFrame = 64U << 10U;  ///< of all that is neither file content nor the result

enum FrameType : std::uint8_t {
  kGreeting = 'G',
  kFileBegin = 'F',
  kFileBytes = 'B',
  kFileEnd = 'E',
  kMask = 'M',
  kResult = 'R',
};

void put_u32(std::string& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xFFU);
}

std::uint32_t get_u32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

std::string frame(std::uint8_t type, std::string_view payload) {
  std::string out;
  out.reserve(kHeaderBytes + payload.size());
  out += static_cast<char>(type);
  put_u32(out, static_cast<std::uint32_t>(payload.size()));
  out += payload;
  return out;
}

// ---- what a pod may say
// ----------------------------------------------------------------------------------------------

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return !word.empty();
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

constexpr std::size_t kMostPath = 4096;
constexpr std::size_t kMostName = 255;

bool is_clean_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostName && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

bool is_clean_path(std::string_view path) {
  if (path.empty() || path.size() > kMostPath) return false;
  for (;;) {
    const auto slash = path.find('/');
    if (!is_clean_name(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

/// The member is missing, null or a name in its folder.
bool names_no_other_folder(const Value& payload, std::string_view member) {
  const auto* found = payload.find(member);
  return found == nullptr || found->is_null() || (found->is_string() && is_clean_name(found->text()));
}

/// A pod cannot make records that lead a page or a later effect out of the run's folder.
bool is_allowed_record(const RecordWrite& record) {
  const auto& payload = record.payload;
  if (record.key.size() > kMostPath) return false;
  if (record.kind == "tool") return payload.is_string() && payload.text().size() <= kMostPath;
  if (!payload.is_map()) return false;
  if (record.kind == "artifact") return is_clean_path(record.key);
  return names_no_other_folder(payload, "file") && names_no_other_folder(payload, "before") &&
         names_no_other_folder(payload, "folder");
}

bool is_result_name(std::string_view text) {
  static constexpr std::string_view kResults[] = {"", "SUCCESS", "UNSTABLE", "FAILURE", "NOT_BUILT", "ABORTED"};
  return std::ranges::find(kResults, text) != std::end(kResults);
}

bool is_class_name(std::string_view text) {
  return !text.empty() && text.size() <= kMostName && std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '$' ||
           c == '_';
  });
}

std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 200)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return out;
}

std::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorKind::corrupt, "the answer of windlass-worker cannot be read: " + std::string(what));
}

/// Reports are published as a whole: their folder (`html/NAME`) begins empty.
std::string replaced_folder(std::string_view path) {
  for (const std::string_view top : {"html/", "reports/"}) {
    if (!path.starts_with(top)) continue;
    const auto end = path.find('/', top.size());
    if (end != std::string_view::npos) return std::string(path.substr(0, end));
  }
  return {};
}

}  // namespace

// ---- output
// ----------------------------------------------------------------------------------------------------------

std::string encode_greeting() {
  std::string version;
  put_u32(version, kWorkerVersion);
  return frame(kGreeting, version);
}

std::string encode_file_begin(std::string_view path, std::uint32_t mode, std::int64_t modified) {
  return frame(kFileBegin, encode_value(Value::list_of(path, static_cast<std::int64_t>(mode), modified)));
}

std::string encode_file_bytes(std::string_view bytes) { return frame(kFileBytes, bytes); }
std::string encode_file_end() { return frame(kFileEnd, {}); }
std::string encode_mask(std::string_view secret) { return frame(kMask, secret); }

std::string encode_result(const Outcome& outcome) {
  const auto value = outcome ? Value::map_of("value", outcome->value, "records", records_value(outcome->records),
                                             "stage_result", outcome->stage_result, "run_result", outcome->run_result)
                             : Value::map_of("class", outcome.error().java_class, "message", outcome.error().message,
                                             "fields", outcome.error().fields);
  return frame(kResult, encode_value(value));
}

OutputDecoder::OutputDecoder(DecoderLimits limits, FileSink& sink) : limits_(std::move(limits)), sink_(sink) {}

Result<> OutputDecoder::push(std::string_view bytes) {
  pending_ += bytes;
  std::string_view rest = pending_;
  while (rest.size() >= kHeaderBytes) {
    const auto type = static_cast<std::uint8_t>(rest[0]);
    const auto length = get_u32(rest.substr(1));
    if (!has_greeting_ && type != kGreeting) return damaged("it does not begin like one");
    if (outcome_) return damaged("something follows its result");
    const auto limit = type == kResult      ? limits_.max_result_bytes
                       : type == kFileBytes ? kMostFileBytesFrame
                                            : kMostSmallFrame;
    if (length > limit) {
      return fail(ErrorKind::exhausted, "an answer of windlass-worker is larger than " + std::to_string(limit) +
                                            " bytes" + (type == kResult ? ": let the step give less" : ""));
    }
    if (rest.size() - kHeaderBytes < length) break;
    WL_CHECK_OK(take_frame(type, rest.substr(kHeaderBytes, length)));
    rest.remove_prefix(kHeaderBytes + length);
  }
  if (!rest.empty() && !has_greeting_ && rest[0] != static_cast<char>(kGreeting)) {
    return damaged("it does not begin like one");
  }
  pending_.erase(0, pending_.size() - rest.size());
  if (outcome_ && !pending_.empty()) return damaged("something follows its result");
  return {};
}

Result<> OutputDecoder::take_frame(std::uint8_t type, std::string_view payload) {
  switch (type) {
    case kGreeting:
      if (has_greeting_ || payload.size() != 4) return damaged("it begins twice");
      if (get_u32(payload) != kWorkerVersion) {
        return fail(ErrorKind::unsupported,
                    "the windlass-worker of this pod is of another release; its agent image must be that of the "
                    "server");
      }
      has_greeting_ = true;
      return {};
    case kFileBegin:
      return begin_file(payload);
    case kFileBytes:
      if (!in_file_) return damaged("bytes of no file");
      file_bytes_ += payload.size();
      if (file_bytes_ > limits_.max_file_bytes) {
        if (!limits_.too_large.empty()) return fail(ErrorKind::exhausted, limits_.too_large);
        return fail(ErrorKind::exhausted,
                    "the files of this step are larger than " + std::to_string(limits_.max_file_bytes) + " bytes");
      }
      return sink_.bytes(payload);
    case kFileEnd:
      if (!in_file_ || !payload.empty()) return damaged("the end of no file");
      in_file_ = false;
      return sink_.end();
    case kMask:
      secret_bytes_ += payload.size();
      if (++secrets_seen_ > limits_.max_secrets || secret_bytes_ > kMostSecretBytes) {
        return fail(ErrorKind::exhausted, "too many secrets in one step");
      }
      if (!payload.empty()) secrets_.emplace_back(payload);
      return {};
    case kResult:
      if (in_file_) return damaged("a result within a file");
      return take_result(payload);
    default:
      return damaged("an unknown part");
  }
}

Result<> OutputDecoder::begin_file(std::string_view payload) {
  if (in_file_) return damaged("a file within a file");
  const auto value = WL_TRY(data::decode_binary(payload, {.max_bytes = kMostSmallFrame, .max_depth = 4}));
  if (value.items().size() != 3 || !value.items()[0].is_string()) return damaged("a file without a name");
  const auto& path = value.items()[0].text();
  const auto* needs = find_needs(limits_.effect);
  const auto top = std::string_view(path).substr(0, path.find('/'));
  if (!is_clean_path(path) || top.size() == path.size() || needs == nullptr || !has_word(needs->writes_files, top)) {
    return fail(ErrorKind::forbidden, "the pod sent a file that " +
                                          (limits_.effect.empty() ? "nobody" : limits_.effect) +
                                          " does not make: " + shown(path));
  }
  if (++files_ > limits_.max_files) {
    return fail(ErrorKind::exhausted, "a step may keep at most " + std::to_string(limits_.max_files) + " files");
  }
  if (const auto folder = replaced_folder(path);
      !folder.empty() && std::ranges::find(cleared_, folder) == cleared_.end()) {
    // An effect makes one report.
    if (!cleared_.empty()) return fail(ErrorKind::forbidden, "the pod sent a second report: " + shown(path));
    cleared_.push_back(folder);
    WL_CHECK_OK(sink_.clear(folder));
  }
  in_file_ = true;
  return sink_.begin(path, static_cast<std::uint32_t>(value.items()[1].as_int()) & 0777U, value.items()[2].as_int());
}

Result<> OutputDecoder::take_result(std::string_view payload) {
  auto value = WL_TRY(data::decode_binary(payload, {.max_bytes = limits_.max_result_bytes, .max_depth = kMostDepth}));
  if (!value.is_map()) return damaged("a result without content");
  if (const auto* name = value.find("class")) {
    StepError error{.java_class = name->text(), .message = value.get_string("message"), .fields = {}};
    if (!is_class_name(error.java_class)) return damaged("an error of no class");
    if (const auto* fields = value.find("fields")) error.fields = *fields;
    outcome_.emplace(std::unexpected(std::move(error)));
    return {};
  }
  EffectResult result;
  if (auto* given = value.find("value")) result.value = std::move(*given);
  result.records = read_records(value.find("records"));
  result.stage_result = value.get_string("stage_result");
  result.run_result = value.get_string("run_result");
  if (!is_result_name(result.stage_result) || !is_result_name(result.run_result)) return damaged("a result of no name");
  const auto* needs = find_needs(limits_.effect);
  for (const auto& record : result.records) {
    if (needs == nullptr || !has_word(needs->writes_records, record.kind) || !is_allowed_record(record)) {
      return fail(ErrorKind::forbidden, "the pod sent a record that " +
                                            (limits_.effect.empty() ? "nobody" : limits_.effect) +
                                            " does not make: " + shown(record.kind) + " " + shown(record.key));
    }
  }
  outcome_.emplace(std::move(result));
  return {};
}

std::optional<Outcome> OutputDecoder::outcome() { return outcome_; }

std::vector<std::string> OutputDecoder::take_secrets() { return std::exchange(secrets_, {}); }

Outcome missing_outcome(std::string_view step, std::string_view container, int exit_code) {
  const auto where = "windlass-worker in container " + std::string(container);
  const auto what = "the step " + std::string(step) + " has no result: " + where;
  if (exit_code == 127 || exit_code == 126) {
    return abort_with(what + " could not be started; is /windlass mounted there, and the agent image of this release?");
  }
  if (exit_code == 137) {
    return abort_with(what + " was killed (exit code 137); is the memory limit of the container too low?");
  }
  return abort_with(what + " ended with exit code " + std::to_string(exit_code));
}

}  // namespace windlass::steps
