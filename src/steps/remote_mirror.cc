#include "steps/remote_mirror.h"

#include <algorithm>
#include <set>

#include "files/root.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"

namespace windlass::steps {

namespace {

using data::Value;

// ---- which files
// -----------------------------------------------------------------------------------------------------

Value wanted_files(const std::string& folder, const std::string& includes, const std::string& excludes = {},
                   bool defaults = true) {
  return Value::map_of("path", folder, "includes", includes, "excludes", excludes, "defaults", defaults);
}

/// What the effect would look for; more than it reads is harmless, less would be a file that it does not find.
Value files_wanted_by(std::string_view effect, const Value& arguments, const Place& place) {
  auto out = Value::list();
  if (!place.has_node) return out;
  auto file = [&](const Value& map, std::string_view name) {
    const auto path = text_of(map, name);
    if (!path.empty()) out.push(wanted_files(absolute_path(place, path), ""));
  };
  if (effect == "mail") {
    const auto glob = text_of(arguments, "attachmentsPattern");
    if (!glob.empty()) out.push(wanted_files(place.cwd, glob));
  } else if (effect == "sonar.gate") {
    out.push(wanted_files(place.workspace, "**/report-task.txt", "", false));
  } else if (effect == "s3Upload") {
    const auto* text = arguments.find("text");
    if (text != nullptr && text->is_string()) return out;
    const auto base = folder_of(place, text_of(arguments, "workingDir"));
    const auto name = text_of(arguments, "file");
    const auto path = name.empty() ? base : absolute_path(place, name.starts_with('/') ? name : base + "/" + name);
    const auto glob = text_of(arguments, "includePathPattern");
    out.push(wanted_files(path, glob.empty() ? "**/*" : glob, text_of(arguments, "excludePathPattern")));
  } else if (effect == "httpRequest") {
    file(arguments, "uploadFile");
    if (const auto* form = arguments.find("formData")) {
      for (const auto& part : form->items()) file(part, "uploadFile");
    }
  }
  return out;
}

// ---- two names of one place
// ------------------------------------------------------------------------------------------

std::string without(std::string text, const std::string& mirror) {
  for (std::size_t at = 0; (at = text.find(mirror, at)) != std::string::npos;) text.erase(at, mirror.size());
  return text;
}

void strip(Value& value, const std::string& mirror) {
  std::vector<Value*> waiting{&value};
  while (!waiting.empty()) {
    auto* one = waiting.back();
    waiting.pop_back();
    if (one->is_string()) {
      if (one->text().find(mirror) != std::string::npos) *one = Value(without(one->text(), mirror));
    } else if (one->is_list()) {
      for (auto& item : one->mutable_items()) waiting.push_back(&item);
    } else if (one->has_members()) {
      for (auto& [key, member] : one->mutable_members()) waiting.push_back(&member);
    }
  }
}

/// The run, with the mirror's name taken out of all that leaves the effect.
class MirrorRun final : public RunServices {
 public:
  MirrorRun(RunServices& run, const std::string& mirror) : run_(run), mirror_(mirror) {}
  void log(std::string_view text) override { run_.log(without(std::string(text), mirror_)); }
  [[nodiscard]] bool cancelled() const override { return run_.cancelled(); }
  std::vector<std::pair<std::string, Value>> records(std::string_view kind, std::string_view key) override {
    return run_.records(kind, key);
  }
  Result<std::string> run_folder(std::string_view name) override { return run_.run_folder(name); }
  [[nodiscard]] bool keeps_files() const override { return run_.keeps_files(); }
  std::optional<Value> credential(std::string_view id) override { return run_.credential(id); }
  void mask(std::string_view secret) override { run_.mask(without(std::string(secret), mirror_)); }
  [[nodiscard]] std::string masked(std::string_view text) const override { return run_.masked(text); }
  [[nodiscard]] std::string fact(std::string_view name) const override { return run_.fact(name); }
  [[nodiscard]] std::int64_t now_millis() const override { return run_.now_millis(); }
  std::string log_tail(std::size_t max_bytes) override { return run_.log_tail(max_bytes); }
  Result<std::vector<OtherRun>> runs_of(std::string_view job) override { return run_.runs_of(job); }
  Result<OtherRunContent> read_run(const OtherRun& run, std::string_view kind) override {
    return run_.read_run(run, kind);
  }

 private:
  RunServices& run_;
  const std::string& mirror_;
};

}  // namespace

RemoteMirror::RemoteMirror(EffectContext& context, std::string_view effect, const Value& arguments, std::string folder)
    : context_(context),
      effect_(effect),
      arguments_(arguments),
      folder_(std::move(folder)),
      wanted_(files_wanted_by(effect, arguments, context.place)) {}

RemoteRequest RemoteMirror::request() const {
  return {.effect = std::string(kReadEffect),
          .key = context_.key,
          .step = context_.step,
          .place = context_.place,
          .arguments = Value::map_of("wanted", wanted_),
          .now_millis = context_.run.now_millis(),
          .scratch = context_.place.workspace_tmp + "/worker-" + effect_uuid(context_, "mirror")};
}

Outcome RemoteMirror::perform(EffectFunction function) {
  MirrorRun run(context_.run, folder_);
  EffectContext here{.key = context_.key, .step = context_.step, .place = context_.place, .run = run};
  auto& place = here.place;
  if (place.has_node) {
    place.mirror = folder_;
    for (auto* path : {&place.node_root, &place.workspace, &place.workspace_tmp, &place.cwd}) *path = folder_ + *path;
  }
  auto outcome = function(here, arguments_);
  if (!outcome) {
    outcome.error().message = without(std::move(outcome.error().message), folder_);
    strip(outcome.error().fields, folder_);
    return outcome;
  }
  strip(outcome->value, folder_);
  for (auto& record : outcome->records) strip(record.payload, folder_);
  return outcome;
}

Result<PushScripts> RemoteMirror::written() {
  auto files = WL_TRY(inputs_below(folder_, ""));
  const auto root = WL_TRY(files::Root::confined(folder_));
  std::set<std::string> needed;  // folders that hold something new
  std::vector<RemoteInput> out;
  // Folders come before what they hold: from behind, those that lead to nothing new are left out.
  for (auto one = files.rbegin(); one != files.rend(); ++one) {
    if (one->path.ends_with('/')) {
      if (!needed.contains(one->path)) continue;
    } else if (const auto known = sink_.modified(one->path)) {
      if (WL_TRY(root.stat(one->path)).modified == *known) continue;
    }
    const auto slash = one->path.rfind('/', one->path.size() - 2);
    if (slash != std::string::npos) needed.insert(one->path.substr(0, slash + 1));
    out.push_back(std::move(*one));
  }
  std::ranges::reverse(out);
  return PushScripts("/", std::move(out));
}

// ---- files that come
// -------------------------------------------------------------------------------------------------

namespace {

/// "mirror/ws/a" of a frame is "ws/a" of the mirror.
std::string below_mirror(const std::string& path) { return path.substr(kMirrorFolder.size() + 1); }

}  // namespace

std::optional<std::int64_t> RemoteMirror::Sink::modified(const std::string& path) const {
  const auto found = modified_.find(path);
  return found == modified_.end() ? std::nullopt : std::optional(found->second);
}

Result<> RemoteMirror::Sink::begin(const std::string& path, std::uint32_t, std::int64_t modified) {
  path_ = below_mirror(path);
  const auto root = WL_TRY(files::Root::confined(folder_));
  file_ = WL_TRY(root.open_write(path_, {.mode = 0600}));
  modified_[path_] = modified;
  return {};
}

Result<> RemoteMirror::Sink::bytes(std::string_view bytes) { return files::write_all(file_.get(), bytes, path_); }

Result<> RemoteMirror::Sink::end() {
  if (auto set = set_modified(file_.get(), modified_[path_]); !set) return set;
  file_.reset();
  return {};
}

Result<> RemoteMirror::Sink::clear(const std::string&) { return {}; }

}  // namespace windlass::steps
