// junit, publishHTML, report.store: reports of other tools, kept with the run. What a report means for the result is
// decided in the prelude; here files are read and kept, and counts given back.
//
// Kept are run_folder("junit")/ID.json (every suite and case), run_folder("html")/NAME/… and
// run_folder("reports")/ID/…, ID being the same for the same effect of a run; a record each names them. Source:
// pipeline-language 6.6.
#include "data/json.h"
#include "data/junit.h"
#include "steps/families.h"
#include "steps/place_files.h"

namespace windlass::steps {

namespace {

using data::Value;

constexpr std::size_t kMaxKeptFiles = 200'000;
constexpr std::uint64_t kMaxReportBytes = 128U << 20U;
constexpr std::size_t kShortOutput = 2'000;     ///< of a case that passed, unless everything is to be kept
constexpr std::size_t kFailedOutput = 100'000;  ///< of a case that failed

std::string effect_id(const EffectContext& context) {
  return files::hash_bytes(context.key, files::Hash::sha256).substr(0, 32);
}

/// The beginning and the end of a long output.
std::string shorten(const std::string& text, std::size_t limit) {
  if (text.size() <= limit) return text;
  auto boundary = [&text](std::size_t at) {
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    return at;
  };
  const auto head = boundary(limit / 2);
  const auto tail = boundary(text.size() - limit / 2);
  return text.substr(0, head) + "\n...[truncated " + std::to_string(tail - head) + " bytes]...\n" + text.substr(tail);
}

Value describe(const data::TestCase& one, bool keep_everything) {
  static constexpr const char* kNames[] = {"PASSED", "FAILED", "SKIPPED"};
  auto out = Value::map_of("className", one.class_name, "name", one.name, "status",
                           kNames[static_cast<std::size_t>(one.outcome)], "duration", one.seconds);
  const bool failed = one.outcome == data::TestOutcome::failed;
  const auto limit = keep_everything ? std::string::npos : failed ? kFailedOutput : kShortOutput;
  auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) out.set(name, shorten(text, limit));
  };
  add("message", one.message);
  add("details", one.details);
  add("stdout", one.output);
  add("stderr", one.error_output);
  return out;
}

Value describe(const data::TestSuite& suite, const std::string& file, bool keep_everything) {
  auto cases = Value::list();
  for (const auto& one : suite.cases) cases.push(describe(one, keep_everything));
  return Value::map_of("name", suite.name, "file", file, "timestamp", suite.timestamp, "duration", suite.seconds,
                       "stdout", shorten(suite.output, keep_everything ? std::string::npos : kFailedOutput), "stderr",
                       shorten(suite.error_output, keep_everything ? std::string::npos : kFailedOutput), "cases",
                       std::move(cases));
}

/// A report that cannot be read counts as one failed test, so that a crashed test run is not taken for a good one.
data::TestReport unreadable(const std::string& file, const std::string& why) {
  data::TestReport report;
  data::TestSuite suite;
  suite.name = file.substr(file.rfind('/') + 1);
  data::TestCase one;
  one.class_name = suite.name;
  one.name = "[failed-to-read]";
  one.outcome = data::TestOutcome::failed;
  one.is_error = true;
  one.message = "Failed to read test report file " + file;
  one.details = why;
  suite.cases.push_back(std::move(one));
  report.suites.push_back(std::move(suite));
  report.total = report.failed = 1;
  return report;
}

Outcome junit(EffectContext& context, const Value& arguments) {
  auto patterns = text::AntFileSet::compile(text_of(arguments, "testResults"));
  if (!patterns) return abort_with(patterns.error().message);
  auto found = find_files(context, context.place.cwd, *patterns);
  if (!found) return io_error(found.error());
  if (flag_of(arguments, "skipOldReports")) {
    // File systems keep coarser times than clocks.
    const auto begin = std::strtoll(context.run.fact("started_millis").c_str(), nullptr, 10) - 3000;
    std::erase_if(*found, [begin](const FoundFile& file) { return file.modified < begin; });
  }
  auto root = machine_root();
  if (!root) return io_error(root.error());
  const bool keep_everything = flag_of(arguments, "keepLongStdio") || text_of(arguments, "stdioRetention") == "ALL";
  std::int64_t total = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;
  auto names = Value::list();
  auto suites = Value::list();
  for (const auto& file : *found) {
    if (context.run.cancelled()) return abort_with("the step was asked to stop");
    auto text = root->read(file.from, kMaxReportBytes);
    if (!text) return file_error(text.error(), file.from);
    auto report =
        text->empty() ? Result<data::TestReport>(unreadable(file.path, "the file is empty")) : data::parse_junit(*text);
    if (!report && !file.path.ends_with(".xml")) {
      return throw_with("java.io.IOException", "Failed to read " + file.from +
                                                   "\nIs this really a JUnit report file? Your configuration must be "
                                                   "matching too many files (" +
                                                   report.error().message + ")");
    }
    if (!report) report = unreadable(file.path, report.error().message);
    total += static_cast<std::int64_t>(report->total);
    failed += static_cast<std::int64_t>(report->failed);
    skipped += static_cast<std::int64_t>(report->skipped);
    names.push(file.path);
    for (const auto& suite : report->suites) suites.push(describe(suite, file.path, keep_everything));
  }
  EffectResult result(Value::map_of("totalCount", total, "failCount", failed, "skipCount", skipped, "passCount",
                                    total - failed - skipped, "files", names));
  if (names.size() == 0) return result;
  auto folder = context.run.run_folder("junit");
  if (!folder) return io_error(folder.error());
  auto store = files::Root::confined(*folder);
  if (!store) return io_error(store.error());
  const auto file = effect_id(context) + ".json";
  if (auto kept = store->write(file, data::format_json(Value::map_of("suites", std::move(suites)))); !kept) {
    return io_error(kept.error());
  }
  if (auto kept = sync_file(context, *folder + "/" + file); !kept) return io_error(kept.error());
  result.records.push_back({.kind = "junit",
                            .key = effect_id(context),
                            .payload = Value::map_of("file", file, "total", total, "failed", failed, "skipped", skipped,
                                                     "reports", std::move(names))});
  return result;
}

// ---- files that are only kept
// ----------------------------------------------------------------------------------------

/// Copies what was found into `folder`. Errors: those of files; exhausted for more files than a report can have.
Result<void> keep(EffectContext& context, const std::vector<FoundFile>& found, const std::string& folder) {
  if (found.size() > kMaxKeptFiles) {
    return fail(ErrorKind::exhausted, "a report of more than " + std::to_string(kMaxKeptFiles) + " files is not kept");
  }
  const auto machine = WL_TRY(machine_root());
  WL_CHECK_OK(machine.make_folders(folder));
  const auto store = WL_TRY(files::Root::confined(folder));
  for (const auto& file : found) {
    if (context.run.cancelled()) return fail(ErrorKind::cancelled, "the step was asked to stop");
    WL_CHECK_OK(copy_file(machine, file.from, store, file.path));
  }
  return sync_below(context, folder);
}

/// A report's name as a folder: letters, digits, '-' and '_' stay, all else is _HH.
std::string folder_name(const std::string& name) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-') {
      out += c;
    } else {
      out += {'_', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  if (out.size() > 200) out = files::hash_bytes(name, files::Hash::sha256);
  return out;
}

Outcome publish_html(EffectContext& context, const Value& arguments) {
  const auto* given = arguments.find("target");
  const auto target = given == nullptr ? Value::map() : *given;
  const auto name = text_of(target, "reportName", "HTML Report");
  const auto source = folder_of(context.place, text_of(target, "reportDir"));
  const bool may_be_missing = flag_of(target, "allowMissing");
  log_line(context, "[htmlpublisher] Archiving HTML reports...");
  auto folder = context.run.run_folder("html");
  if (!folder) return io_error(folder.error());
  const auto kept_at = *folder + "/" + folder_name(name);
  log_line(context, "[htmlpublisher] Archiving at BUILD level " + source + " to " + kept_at);
  EffectResult result;
  auto missing = [&](const std::string& message) -> Outcome {
    log_line(context, "ERROR: " + message);
    if (!may_be_missing) result.run_result = "FAILURE";
    return result;
  };
  auto machine = machine_root();
  if (!machine) return io_error(machine.error());
  if (!machine->exists(source)) return missing("Specified HTML directory '" + source + "' does not exist.");
  auto patterns = text::AntFileSet::compile(text_of(target, "includes", "**/*"));
  if (!patterns) return abort_with(patterns.error().message);
  auto found = find_files(context, source, *patterns);
  if (!found) return io_error(found.error());
  if (found->empty()) return missing("Directory '" + source + "' exists but holds no files to copy.");
  if (auto gone = machine->remove(kept_at); !gone) return io_error(gone.error());
  if (auto done = keep(context, *found, kept_at); !done) return io_error(done.error());
  auto pages = Value::list();
  for (const auto& page : text::split_patterns(text_of(target, "reportFiles", "index.html"))) pages.push(page);
  result.records.push_back(
      {.kind = "html",
       .key = name,
       .payload = Value::map_of("folder", folder_name(name), "files", std::move(pages), "titles",
                                text_of(target, "reportTitles"), "keepAll", flag_of(target, "keepAll"), "count",
                                static_cast<std::int64_t>(found->size()))});
  return result;
}

Outcome store_report(EffectContext& context, const Value& arguments) {
  const auto type = text_of(arguments, "type");
  std::string wanted;
  if (const auto* list = arguments.find("patterns")) {
    for (const auto& pattern : list->items()) wanted += (wanted.empty() ? "" : ",") + pattern.text();
  }
  auto names = Value::list();
  EffectResult result(Value::map_of("files", names));
  if (text::split_patterns(wanted).empty()) return result;
  auto patterns = text::AntFileSet::compile(wanted);
  if (!patterns) return abort_with(patterns.error().message);
  auto found = find_files(context, context.place.cwd, *patterns);
  if (!found) return io_error(found.error());
  if (found->empty()) return result;
  auto folder = context.run.run_folder("reports");
  if (!folder) return io_error(folder.error());
  if (auto done = keep(context, *found, *folder + "/" + effect_id(context)); !done) return io_error(done.error());
  for (const auto& file : *found) names.push(file.path);
  result.value = Value::map_of("files", names);
  const auto* settings = arguments.find("arguments");
  result.records.push_back(
      {.kind = "report",
       .key = effect_id(context),
       .payload = Value::map_of("type", type, "folder", effect_id(context), "files", std::move(names), "arguments",
                                settings == nullptr ? Value() : *settings)});
  return result;
}

/// Adds the cases of one kept report file; output of tests stays behind.
bool add_cases(const files::Root& store, const std::string& file, Value& suites) {
  auto text = store.read(file, kMaxReportBytes);
  if (!text) return false;
  auto kept = data::parse_json(*text);
  if (!kept) return false;
  const auto* found = kept->find("suites");
  if (found == nullptr) return false;
  for (const auto& suite : found->items()) {
    auto cases = Value::list();
    if (const auto* all = suite.find("cases")) {
      for (const auto& one : all->items()) {
        auto kept_case = Value::map_of("className", text_of(one, "className"), "name", text_of(one, "name"), "status",
                                       text_of(one, "status"), "duration",
                                       one.find("duration") == nullptr ? Value(0.0) : *one.find("duration"));
        for (const char* detail : {"message", "details"}) {
          if (const auto* told = one.find(detail)) kept_case.set(detail, shorten(told->text(), kShortOutput));
        }
        cases.push(std::move(kept_case));
      }
    }
    suites.push(
        Value::map_of("name", text_of(suite, "name"), "file", text_of(suite, "file"), "cases", std::move(cases)));
  }
  return true;
}

/// All test results of this run, or of the newest earlier run of `job` that has some. Null when there are none.
Outcome read_tests(EffectContext& context, const Value& arguments) {
  const auto number = static_cast<std::uint64_t>(arguments.get_int("number", 0));
  const bool earlier = flag_of(arguments, "earlier");
  const auto job = text_of(arguments, "job");
  const auto collect = [&](const std::string& folder, const std::vector<std::pair<std::string, Value>>& records,
                           std::uint64_t run) -> std::optional<Value> {
    if (records.empty()) return std::nullopt;
    auto store = files::Root::confined(folder);
    if (!store) return std::nullopt;
    std::int64_t total = 0;
    std::int64_t failed = 0;
    std::int64_t skipped = 0;
    auto suites = Value::list();
    for (const auto& [key, record] : records) {
      total += record.get_int("total", 0);
      failed += record.get_int("failed", 0);
      skipped += record.get_int("skipped", 0);
      add_cases(*store, text_of(record, "file"), suites);
    }
    return Value::map_of("number", static_cast<std::int64_t>(run), "total", total, "failed", failed, "skipped", skipped,
                         "suites", std::move(suites));
  };
  const auto own = std::strtoull(context.run.fact("number").c_str(), nullptr, 10);
  if (!earlier && (number == 0 || number == own)) {
    auto folder = context.run.run_folder("junit");
    if (!folder) return io_error(folder.error());
    auto found = collect(*folder, context.run.records("junit", ""), own);
    return found ? EffectResult(std::move(*found)) : EffectResult();
  }
  auto runs = context.run.runs_of(job);
  if (!runs) return io_error(runs.error());
  for (const auto& run : *runs) {
    if (context.run.cancelled()) return abort_with("the step was asked to stop");
    if (earlier ? run.number >= own : run.number != number) continue;
    auto content = context.run.read_run(run, "junit");
    if (!content) continue;
    if (auto found = collect(content->files + "/junit", content->records, run.number))
      return EffectResult(std::move(*found));
    if (!earlier) break;
  }
  return EffectResult();
}

constexpr EffectDescription kEffects[] = {
    {"junit", EffectKind::own, true, junit},
    {"tests.read", EffectKind::read, false, read_tests},
    {"publishHTML", EffectKind::own, true, publish_html},
    {"report.store", EffectKind::own, true, store_report},
};

}  // namespace

std::span<const EffectDescription> report_effects() { return kEffects; }

}  // namespace windlass::steps
