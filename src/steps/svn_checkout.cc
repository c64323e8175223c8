#include "steps/svn_checkout.h"

#include "data/xml.h"
#include "proc/run_capture.h"
#include "steps/credential_store.h"
#include "steps/effect_note.h"
#include "steps/git_form.h"
#include "steps/place_files.h"
#include "steps/scm_history.h"
#include "steps/secret_folder.h"
#include "text/masker.h"

namespace windlass::steps {

namespace {

using data::Value;

struct Location {
  std::string url;
  std::string revision;  ///< empty: the newest
  std::string folder;
  std::string depth;
  bool ignore_externals = false;
  Login login;
};

class SvnCheckout {
 public:
  SvnCheckout(EffectContext& context, const Value& form) : context_(context), form_(form) {}

  Outcome run(bool changelog) {
    const auto* list = form_.find("locations");
    if (list == nullptr || list->items().empty()) return abort_with("a Subversion checkout needs a location");
    auto variables = Value::map();
    auto changes = Value::list();
    EffectResult result;
    std::size_t position = 0;
    for (const auto& one : list->items()) {
      auto location = read_location(one);
      if (!location) return std::unexpected(std::move(location).error());
      auto revision = bring(*location);
      if (!revision) return abort_with(revision.error().message);
      ++position;
      variables.set("SVN_REVISION_" + std::to_string(position), *revision);
      variables.set("SVN_URL_" + std::to_string(position), location->url);
      if (position == 1) {
        variables.set("SVN_REVISION", *revision);
        variables.set("SVN_URL", location->url);
      }
      const auto history = read_scm_history(context_, location->url);
      result.records.push_back(make_scm_record(location->url, *revision));
      if (!changelog || history.previous.empty() || history.previous == *revision) continue;
      auto found = read_changes(*location, history.previous, *revision);
      if (!found) return abort_with(found.error().message);
      for (const auto& change : found->items()) changes.push(change);
    }
    if (changes.size() != 0) {
      result.records.push_back({.kind = "changes",
                                .key = effect_uuid(context_, "changes"),
                                .payload = Value::map_of("kind", "svn", "items", changes)});
    }
    result.value = Value::map_of("variables", std::move(variables), "changes", std::move(changes));
    return result;
  }

 private:
  std::expected<Location, StepError> read_location(const Value& one) {
    Location out;
    out.url = expand_variables(text_of(one, "remote"), context_.place.environment);
    if (auto ok = check_argument(out.url); !ok) return abort_with(ok.error().message);
    const auto at = out.url.rfind('@');
    const auto slash = out.url.rfind('/');
    if (at != std::string::npos && slash != std::string::npos && at > slash) {
      out.revision = out.url.substr(at + 1);
      out.url.resize(at);
    }
    const auto local = text_of(one, "local", ".");
    out.folder = folder_of(context_.place, local);
    out.depth = text_of(one, "depthOption");
    out.ignore_externals = flag_of(one, "ignoreExternalsOption");
    if (const auto id = text_of(one, "credentialsId"); !id.empty()) {
      auto login = find_login(context_, id);
      if (!login) return std::unexpected(std::move(login).error());
      out.login = std::move(*login);
    }
    return out;
  }

  static Result<void> check_argument(std::string_view url) {
    if (url.empty() || url.starts_with('-')) {
      return fail(ErrorKind::invalid, "the location cannot be used: " + std::string(url.substr(0, 200)));
    }
    return {};
  }

  Result<std::string> svn(std::vector<std::string> words, const Location& location, bool to_log) {
    proc::CaptureOptions options;
    options.argv = {"svn"};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.argv.insert(options.argv.end(), {"--non-interactive", "--no-auth-cache"});
    if (!location.login.user.empty()) {
      options.argv.insert(options.argv.end(), {"--username", location.login.user, "--password-from-stdin"});
      options.input = location.login.password + "\n";
    }
    for (const auto& [name, value] : context_.place.environment) options.env.push_back(name + "=" + value);
    options.cwd = context_.place.cwd;
    options.limit = std::chrono::hours(2);
    options.cancelled = [this] { return context_.run.cancelled(); };
    const auto root = WL_TRY(machine_root());
    WL_CHECK_OK(root.make_folders(options.cwd));
    auto captured = proc::run_capture(options);
    if (!captured && captured.error().kind == ErrorKind::not_found) {
      return fail(ErrorKind::not_found,
                  "svn is needed for this step and is not on the PATH of this node; install the package subversion");
    }
    if (!captured) return fail(std::move(captured).error());
    const auto secrets = text::SecretSet::make({location.login.password});
    auto shown = [&](const std::string& text) {
      return location.login.password.empty() ? text : text::mask_all(*secrets, text);
    };
    if (to_log && !captured->out.empty()) context_.run.log(shown(captured->out));
    if (captured->status.code != 0) {
      return fail(ErrorKind::unavailable, "Failed to check out " + location.url + ": " +
                                              shown(captured->err.substr(0, captured->err.find('\n'))));
    }
    return std::move(captured->out);
  }

  /// Value of one tag of `svn info --xml`.
  Result<std::string> info(const Location& location, std::string_view of, std::string_view attribute) {
    const auto text = WL_TRY(svn({"info", "--xml", location.folder}, location, false));
    const auto root = WL_TRY(data::parse_xml(text));
    const auto* entry = root.find("entry");
    if (entry == nullptr) return std::string();
    if (of == "commit") {
      const auto* commit = entry->find("commit");
      return commit == nullptr ? std::string() : commit->attribute(attribute);
    }
    return attribute.empty() ? entry->child_content(of) : entry->attribute(attribute);
  }

  Result<std::string> bring(const Location& location) {
    const auto root = WL_TRY(machine_root());
    const auto updater = form_.find("workspaceUpdater");
    const bool afresh =
        updater != nullptr && updater->get_string("$class").find("CheckoutUpdater") != std::string::npos;
    bool update = !afresh && root.exists(location.folder + "/.svn");
    if (const auto began = read_note(context_); began == "fresh " + location.folder) update = false;
    if (update) {
      // An interrupted try leaves locks.
      WL_TRY(svn({"cleanup", location.folder}, location, false));
      update = WL_TRY(info(location, "url", "")) == location.url;
    }
    WL_CHECK_OK(write_note(context_, (update ? "used " : "fresh ") + location.folder));
    if (!update && root.exists(location.folder)) WL_CHECK_OK(empty_for_checkout(context_.place, location.folder));
    std::vector<std::string> words;
    if (update) {
      log_line(context_, "Updating " + location.url);
      words = {"update", location.folder};
    } else {
      log_line(context_, "Checking out " + location.url);
      words = {"checkout", location.url, location.folder};
    }
    if (!location.revision.empty()) words.insert(words.end(), {"-r", location.revision});
    if (!location.depth.empty() && location.depth != "infinity" && location.depth != "as-it-is") {
      words.insert(words.end(), {update ? "--set-depth" : "--depth", location.depth});
    }
    if (location.ignore_externals) words.emplace_back("--ignore-externals");
    WL_TRY(svn(words, location, true));
    return info(location, "commit", "revision");
  }

  Result<Value> read_changes(const Location& location, const std::string& from, const std::string& to) {
    const auto text =
        WL_TRY(svn({"log", "--xml", "-v", "-l", "1024", "-r", to + ":" + from, location.folder}, location, false));
    const auto root = WL_TRY(data::parse_xml(text));
    auto out = Value::list();
    for (const auto& entry : root.children) {
      if (entry.name != "logentry" || entry.attribute("revision") == from) continue;
      auto comment = entry.child_content("msg");
      auto subject = comment.substr(0, comment.find('\n'));
      const auto author = entry.child_content("author");
      auto files = Value::list();
      auto paths = Value::list();
      if (const auto* list = entry.find("paths")) {
        for (const auto& path : list->children) {
          if (path.name != "path") continue;
          const auto action = path.attribute("action");
          files.push(Value::map_of("path", path.content(), "editType",
                                   Value::map_of("name", action == "A"   ? "add"
                                                         : action == "D" ? "delete"
                                                                         : "edit")));
          paths.push(path.content());
        }
      }
      out.push(Value::map_of(
          "commitId", entry.attribute("revision"), "msg", std::move(subject), "comment", std::move(comment), "author",
          Value::map_of("fullName", author, "displayName", author, "id", author, "email", ""), "timestamp",
          std::int64_t{-1}, "affectedFiles", std::move(files), "paths", std::move(paths)));
    }
    return out;
  }

  EffectContext& context_;
  const Value& form_;
};

}  // namespace

Outcome check_out_svn(EffectContext& context, const Value& form, bool changelog) {
  return SvnCheckout(context, form).run(changelog);
}

}  // namespace windlass::steps
