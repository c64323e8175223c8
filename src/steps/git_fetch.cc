#include "steps/git_fetch.h"

#include <algorithm>

#include "steps/git_form.h"
#include "steps/place_files.h"

namespace windlass::steps {

namespace {

using data::Value;

/// Commands that ask and change nothing people care about.
GitOptions quietly() { return {.quiet = true}; }

std::string without_end(std::string text, std::string_view end) {
  while (text.ends_with(end)) text.resize(text.size() - end.size());
  return text;
}

bool is_commit_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

/// A name below the run's folder for a library; different names never meet.
std::string library_folder(const std::string& name, const std::string& version) {
  return "library-" + files::hash_bytes(name + "\n" + version, files::Hash::sha256).substr(0, 32);
}

}  // namespace

Result<GitSource> read_git_source(const Value& value, const std::map<std::string, std::string>& environment) {
  const auto kind = value.get_string("$class");
  GitSource out;
  out.credentials_id = text_of(value, "credentialsId");
  if (kind == "scmGit") {
    const auto form = WL_TRY(read_git_form(value, environment));
    out.url = form.remotes.front().url;
    out.credentials_id = form.remotes.front().credentials_id;
    out.branches = form.branches;
  } else if (kind == "gitSource") {
    out.url = text_of(value, "remote");
  } else if (kind == "github") {
    out.url = text_of(value, "repositoryUrl");
    if (out.url.empty()) {
      // An enterprise server is named by its API: https://HOST/api/v3.
      auto server = without_end(text_of(value, "apiUri"), "/");
      if (server.empty() || server == "https://api.github.com") server = "https://github.com";
      out.url = without_end(server, "/api/v3") + "/" + text_of(value, "repoOwner") + "/" +
                text_of(value, "repository") + ".git";
    }
  } else if (kind == "gitlab") {
    auto server = without_end(text_of(value, "serverName"), "/");
    if (!server.starts_with("http")) server = "https://gitlab.com";
    out.url = server + "/" + text_of(value, "projectPath") + ".git";
  } else if (kind == "bitbucket") {
    auto server = without_end(text_of(value, "serverUrl"), "/");
    const bool cloud = server.empty() || server == "https://bitbucket.org";
    out.url = (cloud ? "https://bitbucket.org" : server + "/scm") + "/" + text_of(value, "repoOwner") + "/" +
              text_of(value, "repository") + ".git";
  } else if (kind == "fromScm") {
    if (const auto* scm = value.find("scm")) return read_git_source(*scm, environment);
  } else {
    return fail(ErrorKind::unsupported, "repositories of the kind " + (kind.empty() ? "?" : kind) +
                                            " are not offered here; use [$class: 'GitSCMSource', remote: 'URL']");
  }
  out.url = expand_variables(out.url, environment);
  if (out.url.empty()) return fail(ErrorKind::invalid, "the repository has no address");
  WL_CHECK_OK(check_git_argument("the url of the repository", out.url));
  return out;
}

Result<std::vector<std::string>> list_remote_names(const GitClient& git, const std::string& url) {
  const auto text = WL_TRY(git.read({"ls-remote", "--heads", "--tags", "--refs", "--", url}));
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    const auto line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    for (const std::string_view prefix : {"refs/heads/", "refs/tags/"}) {
      if (const auto found = line.find(prefix); found != std::string_view::npos) {
        out.emplace_back(line.substr(found + prefix.size()));
        break;
      }
    }
  }
  return out;
}

namespace {

/// A version as a remote may have it.
Result<std::string> plain_name(const std::string& version) {
  WL_CHECK_OK(check_git_argument("the version", version));
  auto name = version;
  for (const std::string_view prefix : {"*/", "refs/heads/", "refs/tags/"}) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  if (name.find('*') != std::string::npos) name = "HEAD";
  return name;
}

/// What `ls-remote` says of a name; empty: nothing.
std::string id_of(std::string_view refs, const std::string& name) {
  const auto end = "\t" + name;
  for (std::size_t at = 0; at < refs.size();) {
    const auto stop = std::min(refs.find('\n', at), refs.size());
    const auto line = refs.substr(at, stop - at);
    at = stop + 1;
    if (line.ends_with(end)) return std::string(line.substr(0, line.size() - end.size()));
  }
  return {};
}

}  // namespace

Result<std::string> find_version(const GitClient& git, const std::string& url, const std::string& version) {
  const auto name = WL_TRY(plain_name(version));
  const auto refs = WL_TRY(git.read({"ls-remote", "--", url}));
  if (is_commit_id(name)) return name;
  for (const auto& ref : {"refs/heads/" + name, "refs/tags/" + name + "^{}", "refs/tags/" + name, name, version}) {
    if (auto id = id_of(refs, ref); !id.empty()) return id;
  }
  return fail(ErrorKind::not_found, "there is no branch or tag " + version + " in " + url);
}

Result<std::string> fetch_version(const GitClient& git, const std::string& url, const std::string& version) {
  const auto name = WL_TRY(plain_name(version));
  std::string wanted;
  if (is_commit_id(name)) {
    wanted = name;
  } else {
    const auto refs = WL_TRY(git.read({"ls-remote", "--", url}));
    for (const auto& ref : {"refs/heads/" + name, "refs/tags/" + name, name, version}) {
      if (refs.find("\t" + ref + "\n") != std::string::npos || refs.ends_with("\t" + ref)) {
        wanted = ref;
        break;
      }
    }
  }
  if (wanted.empty()) return fail(ErrorKind::not_found, "there is no branch or tag " + version + " in " + url);
  auto done = git.run({"fetch", "--no-tags", "--force", "--depth=1", "--", url, wanted});
  if (!done) return fail(std::move(done).error());
  if (done->status.code != 0) {
    // Servers may refuse a commit by its id, or history that is cut: everything then.
    WL_TRY(git.read({"fetch", "--tags", "--force", "--", url, "+refs/heads/*:refs/remotes/origin/*"}));
    return git.read({"rev-parse", "--verify", "--end-of-options",
                     (is_commit_id(name) ? name : "refs/remotes/origin/" + name) + "^{commit}"},
                    quietly());
  }
  return git.read({"rev-parse", "--verify", "FETCH_HEAD^{commit}"}, quietly());
}

Result<std::string> library_path(const Value& retriever, const std::map<std::string, std::string>& environment) {
  auto path = expand_variables(text_of(retriever, "libraryPath"), environment);
  while (path.starts_with("./") || path.starts_with('/')) path.erase(0, path.find('/') + 1);
  if (path.find("..") != std::string::npos) return fail(ErrorKind::invalid, "leads out of it");
  return path;
}

Outcome fetch_library(EffectContext& context, const Value& arguments) {
  const auto name = text_of(arguments, "name");
  const auto version = text_of(arguments, "version");
  const auto* retriever = arguments.find("retriever");
  const auto* scm = retriever == nullptr ? nullptr : retriever->find("scm");
  if (scm == nullptr) return abort_with("No library named " + name + " found");
  if (version.empty()) return abort_with("No version specified for library " + name);
  auto source = read_git_source(*scm, context.place.environment);
  if (!source) return abort_with("library " + name + ": " + source.error().message);
  auto top = context.run.run_folder("scm");
  if (!top) return io_error(top.error());
  const auto folder = *top + "/" + library_folder(name, version);
  auto root = machine_root();
  if (!root) return io_error(root.error());
  // A try that was killed leaves half a tree.
  if (auto gone = root->remove(folder); !gone) return io_error(gone.error());
  if (auto made = root->make_folders(folder); !made) return io_error(made.error());
  auto access = GitAccess::make(context, source->credentials_id, source->url);
  if (!access) return std::unexpected(std::move(access).error());
  GitClient git(context, folder);
  git.end_leftovers();
  git.use(access->get());
  auto bring = [&]() -> Result<std::string> {
    WL_TRY(git.read({"init", "--quiet"}, {.quiet = true, .hidden = {"-c", "init.defaultBranch=master"}}));
    auto commit = WL_TRY(fetch_version(git, source->url, version));
    WL_TRY(git.read({"checkout", "--quiet", "-f", commit}, quietly()));
    return commit;
  };
  auto commit = bring();
  if (!commit) {
    if (commit.error().kind == ErrorKind::not_found && commit.error().message.starts_with("there is no")) {
      return abort_with("No version " + version + " found for library " + name);
    }
    return git_error(commit.error());
  }
  const auto path = library_path(*retriever, context.place.environment);
  if (!path) return abort_with("the path of library " + name + " " + path.error().message);
  return Value::map_of("folder", path->empty() ? folder : folder + "/" + *path, "revision", *commit, "top", folder);
}

}  // namespace windlass::steps
