#include "server/live_casc.h"

#include <algorithm>

#include "data/json.h"
#include "server/casc_files.h"
#include "store/disk.h"

namespace windlass::server {

using data::Value;

namespace {

constexpr std::size_t kMostFile = std::size_t{1} << 20;
constexpr std::size_t kMostSaid = 20;  ///< lines about one change

/// Whoever writes the ConfigMap is not thereby somebody who may read this machine: its files are those of secrets.
bool is_of_secrets(std::string_view path) {
  return (path.starts_with("/run/secrets/") || path.starts_with("/var/run/secrets/")) &&
         path.find("..") == std::string_view::npos;
}

std::string text_of(const std::vector<casc::File>& files) {
  Value out = Value::list();
  for (const auto& one : files) out.push(Value::map_of("name", one.name, "text", one.text));
  return data::format_json(out);
}

std::vector<casc::File> files_from(const std::string& text) {
  data::JsonParseOptions limits;
  limits.max_bytes = std::size_t{8} << 20;
  std::vector<casc::File> out;
  const auto list = data::parse_json(text, limits);
  if (!list) return out;
  for (const auto& one : list->items()) out.push_back({one.get_string("name"), one.get_string("text")});
  return out;
}

bool same(const std::vector<casc::File>& a, const std::vector<casc::File>& b) {
  return std::ranges::equal(
      a, b, [](const casc::File& x, const casc::File& y) { return x.name == y.name && x.text == y.text; });
}

}  // namespace

Result<casc::Outcome> LiveCasc::read(const std::vector<casc::File>& files) const {
  casc::Sources sources;
  sources.variable = [this](std::string_view name) -> std::optional<std::string> {
    auto value = options_.variable ? options_.variable(std::string(name)) : std::string();
    if (value.empty() && name.find('/') == std::string_view::npos && !name.starts_with('.')) {
      if (auto secret = store::read_file("/run/secrets/" + std::string(name), kMostFile)) value = std::move(*secret);
      while (value.ends_with('\n')) value.pop_back();
    }
    return value.empty() ? std::nullopt : std::optional(std::move(value));
  };
  sources.file = [this](std::string_view path) -> Result<std::string> {
    if (!map_.empty() && !is_of_secrets(path)) {
      return fail(ErrorKind::forbidden, "a ConfigMap may name files below /run/secrets only, not " + std::string(path));
    }
    return store::read_file(std::string(path), kMostFile);
  };
  return casc::read(files, sources);
}

Result<std::vector<casc::File>> LiveCasc::texts() const {
  std::vector<casc::File> out;
  if (!options_.path.empty()) out = WL_TRY(read_casc_files(options_.path));
  out.insert(out.end(), map_.begin(), map_.end());
  return out;
}

Result<> LiveCasc::take(bool apply) {
  // Taken before: what changes while it is read is looked at again.
  if (!options_.path.empty()) stamp_ = casc_stamp(options_.path);
  const auto refuse = [this](Error error) -> Result<> {
    ++counts_.refused;
    if (problem_ != error.message) {
      options_.log("configuration as code is not taken, what was there before holds: " + error.message);
    }
    problem_ = error.message;
    return fail(std::move(error));
  };
  auto files = texts();
  if (!files) return refuse(std::move(files).error());
  if (files->empty()) return {};
  auto fresh = read(*files);
  if (!fresh) return refuse(std::move(fresh).error());
  if (apply) {
    if (auto done = options_.apply(&fresh->configuration); !done) return refuse(std::move(done).error());
  }
  ++counts_.taken;
  problem_.clear();
  say(current(), *fresh);
  current_ = std::move(*fresh);
  if (!map_.empty() && apply) {
    if (auto kept = keep_again(); !kept) {
      options_.log("configuration as code cannot be kept for the next start: " + kept.error().text());
    }
  }
  return {};
}

/// What differs, path by path, and once what of it does nothing here.
void LiveCasc::say(const casc::Outcome* before, const casc::Outcome& now) {
  const auto changes =
      casc::compare(before == nullptr ? casc::Configuration() : before->configuration, now.configuration);
  if (before != nullptr && !changes.empty()) {
    std::string paths;
    for (std::size_t i = 0; i < changes.size() && i < kMostSaid; ++i) paths += (i == 0 ? "" : ", ") + changes[i].path;
    if (changes.size() > kMostSaid) paths += ", and " + std::to_string(changes.size() - kMostSaid) + " more";
    options_.log("configuration as code: taken anew; changed: " + paths);
  }
  if (before != nullptr && before->findings == now.findings) return;
  for (const auto& finding : now.findings) {
    options_.log("configuration as code: " + finding.file + ":" + std::to_string(finding.line) + ": " + finding.path +
                 ": " + finding.sentence);
  }
}

Result<> LiveCasc::load() {
  if (options_.kept) {
    if (auto text = options_.kept()) {
      map_ = files_from(*text);
      kept_ = std::move(*text);
    } else if (text.error().kind != ErrorKind::not_found) {
      options_.log("the configuration that was kept cannot be read, the ConfigMap is waited for: " +
                   text.error().text());
    }
  }
  auto done = take(false);
  if (!done && !map_.empty() && options_.path.empty()) {
    map_.clear();  // of another version of this program, perhaps; the one in the cluster comes
    return {};
  }
  return done;
}

Result<> LiveCasc::reload() { return take(true); }

void LiveCasc::look() {
  if (options_.path.empty() || casc_stamp(options_.path) == stamp_) return;
  (void)take(true);
}

Result<bool> LiveCasc::set_map(std::optional<std::vector<casc::File>> files) {
  if (!files || files->empty()) {
    if (!map_.empty()) options_.log("configuration as code: the ConfigMap is gone or empty; what it said holds on");
    return false;
  }
  if (same(*files, map_)) return false;
  map_ = std::move(*files);
  WL_CHECK_OK(take(true));
  return true;
}

Result<> LiveCasc::keep_again() {
  if (!options_.keep || map_.empty()) return {};
  kept_ = text_of(map_);
  return options_.keep(kept_);
}

}  // namespace windlass::server
