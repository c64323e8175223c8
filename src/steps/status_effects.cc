// Commit statuses and checks: commit.status, githubNotify, updateGitlabCommitStatus, publishChecks, and badge. A forge
// is reached where its token is known (GITHUB_TOKEN, GITLAB_TOKEN or a credential); elsewhere one line says that
// nothing was reported, and the run goes on.
//
// Kind keyed: a status is set under its context, a check under an id that follows from the effect, so repeating one
// changes nothing. Texts leave masked (T33).
#include <algorithm>

#include "steps/families.h"
#include "steps/http_service.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;

/// A repository on a forge, as its clone address names it.
struct Repository {
  std::string host;
  std::string path;  ///< owner/name, without .git
};

/// https://HOST/PATH.git, ssh://git@HOST/PATH.git, git@HOST:PATH.git
Repository parse_repository(std::string_view url) {
  Repository out;
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    const auto slash = url.find('/');
    if (slash == std::string_view::npos) return out;
    auto host = url.substr(0, slash);
    host = host.substr(host.rfind('@') == std::string_view::npos ? 0 : host.rfind('@') + 1);
    out.host = host.substr(0, host.find(':'));
    out.path = url.substr(slash + 1);
  } else if (const auto colon = url.find(':'); colon != std::string_view::npos && !url.starts_with('/')) {
    const auto host = url.substr(0, colon);
    out.host = host.substr(host.rfind('@') == std::string_view::npos ? 0 : host.rfind('@') + 1);
    out.path = url.substr(colon + 1);
  }
  while (out.path.ends_with('/')) out.path.pop_back();
  if (out.path.ends_with(".git")) out.path.resize(out.path.size() - 4);
  while (out.path.starts_with('/')) out.path.erase(0, 1);
  return out;
}

struct Status {
  std::string host;  ///< "github", "gitlab"
  std::string name, state, description, url, commit, repository, credentials_id, api;
};

/// What is needed to reach a forge; `missing` says in a word what is not known.
struct Forge {
  std::string api, token, repository, commit;
  std::string missing;
};

Forge find_forge(EffectContext& context, const Status& status) {
  const bool github = status.host == "github";
  Forge out;
  const auto clone = parse_repository(context.run.fact("scm_url"));
  out.repository = status.repository.empty() ? clone.path : status.repository;
  out.commit = status.commit.empty() ? context.run.fact("scm_commit") : status.commit;
  if (out.commit.empty()) out.commit = environment_variable(context.place, "GIT_COMMIT");
  out.api = status.api.empty() ? environment_variable(context.place, github ? "GITHUB_API_URL" : "GITLAB_API_URL")
                               : status.api;
  if (out.api.empty()) {
    out.api =
        github ? "https://api.github.com" : "https://" + (clone.host.empty() ? "gitlab.com" : clone.host) + "/api/v4";
  }
  while (out.api.ends_with('/')) out.api.pop_back();
  if (!status.credentials_id.empty()) {
    if (auto secret = secret_of(context, status.credentials_id)) out.token = *secret;
  } else {
    out.token = environment_variable(context.place, github ? "GITHUB_TOKEN" : "GITLAB_TOKEN");
    if (!out.token.empty()) context.run.mask(out.token);
  }
  if (out.token.empty()) {
    out.missing = status.credentials_id.empty() ? (github ? "no GITHUB_TOKEN" : "no GITLAB_TOKEN")
                                                : "no credential " + status.credentials_id;
  } else if (out.repository.empty()) {
    out.missing = "no repository";
  } else if (out.commit.empty()) {
    out.missing = "no commit";
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> headers_for(const std::string& host, const std::string& token) {
  if (host == "github") {
    return {{"Authorization", "Bearer " + token}, {"X-GitHub-Api-Version", "2022-11-28"}};
  }
  return {{"PRIVATE-TOKEN", token}};
}

std::string encode_path(const std::string& path) {
  std::string out;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    out += (at == 0 ? "" : "/") + text::encode_uri_component(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// GitHub's words for a result: success, failure, error, pending.
std::string github_state(std::string state) {
  for (char& c : state) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (state == "unstable" || state == "failed") return "failure";
  if (state == "aborted" || state == "not_built" || state == "canceled") return "error";
  if (state == "running") return "pending";
  return state;
}

/// Sends it, or says why not. Never a failure of the run: the forge is not what is being built.
void report(EffectContext& context, const Status& status) {
  const bool github = status.host == "github";
  const auto shown = (github ? "GitHub" : "GitLab") + std::string(" status ") + status.name + ": " + status.state;
  const auto forge = find_forge(context, status);
  if (!forge.missing.empty()) {
    log_line(context, shown + " (not reported: " + forge.missing + ")");
    return;
  }
  auto target = status.url.empty() ? context.run.fact("url") : status.url;
  auto document = Value::map_of("state", github ? github_state(status.state) : status.state, "target_url", target,
                                "description", context.run.masked(status.description));
  document.set(github ? "context" : "name", status.name);
  const auto url =
      github ? forge.api + "/repos/" + encode_path(forge.repository) + "/statuses/" + forge.commit
             : forge.api + "/projects/" + text::encode_uri_component(forge.repository) + "/statuses/" + forge.commit;
  auto answer = call_json(context, "POST", url, headers_for(status.host, forge.token), &document);
  if (!answer) {
    log_line(context, shown + " (not reported: " + answer.error().message + ")");
  } else if (!answer->is_success()) {
    // GitLab refuses to set the state that stands already: that is what was wanted.
    const bool is_set = !github && answer->text.find("Cannot transition status") != std::string::npos;
    if (!is_set) {
      log_line(context, shown + " (not reported: " + std::to_string(answer->status) + " " + answer->text + ")");
    }
  }
}

Outcome commit_status(EffectContext& context, const Value& arguments) {
  report(context, {.host = text_of(arguments, "host"),
                   .name = text_of(arguments, "name", "jenkins"),
                   .state = text_of(arguments, "state"),
                   .description = text_of(arguments, "description"),
                   .url = text_of(arguments, "url"),
                   .commit = text_of(arguments, "commit"),
                   .repository = text_of(arguments, "repository"),
                   .credentials_id = text_of(arguments, "credentialsId"),
                   .api = {}});
  return EffectResult();
}

Outcome github_notify(EffectContext& context, const Value& arguments) {
  auto repository = text_of(arguments, "repo");
  if (const auto account = text_of(arguments, "account"); !account.empty() && !repository.empty()) {
    repository = account + "/" + repository;
  }
  report(context, {.host = "github",
                   .name = text_of(arguments, "context", "continuous-integration/jenkins"),
                   .state = text_of(arguments, "status"),
                   .description = text_of(arguments, "description"),
                   .url = text_of(arguments, "targetUrl"),
                   .commit = text_of(arguments, "sha"),
                   .repository = repository,
                   .credentials_id = text_of(arguments, "credentialsId"),
                   .api = text_of(arguments, "gitApiUrl")});
  return EffectResult();
}

Outcome gitlab_status(EffectContext& context, const Value& arguments) {
  report(context, {.host = "gitlab",
                   .name = text_of(arguments, "name", "jenkins"),
                   .state = text_of(arguments, "state"),
                   .description = {},
                   .url = {},
                   .commit = {},
                   .repository = {},
                   .credentials_id = {},
                   .api = {}});
  return EffectResult();
}

// ---- checks
// ----------------------------------------------------------------------------------------------------------

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

Value check_document(EffectContext& context, const Value& arguments, const std::string& commit, const std::string& id) {
  auto shown = [&](std::string_view name) { return context.run.masked(text_of(arguments, name)); };
  auto document = Value::map_of("name", text_of(arguments, "name"), "head_sha", commit, "external_id", id, "status",
                                lower(text_of(arguments, "status", "COMPLETED")));
  if (document.get_string("status") == "completed") {
    auto conclusion = lower(text_of(arguments, "conclusion", "SUCCESS"));
    if (conclusion == "canceled") conclusion = "cancelled";
    if (conclusion == "time_out") conclusion = "timed_out";
    document.set("conclusion", conclusion);
  }
  const auto details = text_of(arguments, "detailsURL");
  document.set("details_url", details.empty() ? context.run.fact("url") : details);
  auto output = Value::map_of("title", shown("title"), "summary", shown("summary"));
  if (const auto text = shown("text"); !text.empty()) output.set("text", text);
  auto notes = Value::list();
  if (const auto* annotations = arguments.find("annotations")) {
    for (const auto& one : annotations->items()) {
      notes.push(Value::map_of("path", text_of(one, "path"), "start_line", one.get_int("startLine", 1), "end_line",
                               one.get_int("endLine", one.get_int("startLine", 1)), "annotation_level",
                               lower(text_of(one, "annotationLevel", "WARNING")), "message",
                               context.run.masked(text_of(one, "message")), "title",
                               context.run.masked(text_of(one, "title"))));
    }
  }
  if (notes.size() > 0) output.set("annotations", std::move(notes));
  if (!output.get_string("title").empty()) document.set("output", std::move(output));
  return document;
}

Outcome publish_checks(EffectContext& context, const Value& arguments) {
  const auto name = text_of(arguments, "name");
  const auto forge = find_forge(context, {.host = "github",
                                          .name = name,
                                          .state = {},
                                          .description = {},
                                          .url = {},
                                          .commit = {},
                                          .repository = {},
                                          .credentials_id = {},
                                          .api = {}});
  if (!forge.missing.empty()) {
    log_line(context,
             "GitHub check " + name + ": " + text_of(arguments, "title") + " (not reported: " + forge.missing + ")");
    return EffectResult();
  }
  const auto id = effect_uuid(context, "check");
  const auto headers = headers_for("github", forge.token);
  const auto repository = forge.api + "/repos/" + encode_path(forge.repository);
  // A check that an earlier try of this effect made is changed, not doubled.
  std::int64_t known = 0;
  auto existing =
      call_json(context, "GET",
                repository + "/commits/" + forge.commit + "/check-runs?check_name=" + text::encode_uri_component(name),
                headers, nullptr);
  if (existing && existing->is_success()) {
    if (const auto* runs = existing->body.find("check_runs")) {
      for (const auto& one : runs->items()) {
        if (one.get_string("external_id") == id) known = one.get_int("id");
      }
    }
  }
  const auto document = check_document(context, arguments, forge.commit, id);
  auto answer =
      known == 0 ? call_json(context, "POST", repository + "/check-runs", headers, &document)
                 : call_json(context, "PATCH", repository + "/check-runs/" + std::to_string(known), headers, &document);
  if (!answer || !answer->is_success()) {
    log_line(context, "GitHub check " + name + " (not reported: " +
                          (answer ? std::to_string(answer->status) + " " + answer->text : answer.error().message) +
                          ")");
  }
  return EffectResult();
}

// ---- badge
// -----------------------------------------------------------------------------------------------------------

Outcome badge(EffectContext& context, const Value& arguments) {
  EffectResult result;
  auto kept = Value::map();
  for (const auto& [name, value] : arguments.members()) {
    kept.set(name, value.is_string() ? Value(context.run.masked(value.text())) : value);
  }
  const auto link = text_of(arguments, "link");
  const bool is_safe = link.empty() || link.starts_with("http://") || link.starts_with("https://") ||
                       link.starts_with("mailto:") || link.starts_with('/');
  if (!is_safe) return throw_with("java.lang.IllegalArgumentException", "Invalid link: " + link);  // T03
  const auto id = text_of(arguments, "id");
  result.records.push_back({.kind = "badge", .key = id.empty() ? context.key : id, .payload = std::move(kept)});
  return result;
}

constexpr EffectDescription kEffects[] = {
    {"commit.status", EffectKind::keyed, false, commit_status},
    {"githubNotify", EffectKind::keyed, false, github_notify},
    {"updateGitlabCommitStatus", EffectKind::keyed, false, gitlab_status},
    {"publishChecks", EffectKind::keyed, false, publish_checks},
    {"badge", EffectKind::own, false, badge},
};

}  // namespace

std::span<const EffectDescription> status_effects() { return kEffects; }

}  // namespace windlass::steps
