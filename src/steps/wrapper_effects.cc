// What the wrappers withKubeConfig, configFileProvider and withMaven lend to their bodies. Texts: pipeline-language 6.8
// and 6.9. All of kind keyed: repeated, they write the same files at the same place.
#include <array>

#include "proc/spawn.h"
#include "steps/bound.h"
#include "steps/credential_store.h"
#include "steps/families.h"
#include "steps/kube_config.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"
#include "steps/substitute.h"
#include "text/shell_quote.h"

namespace windlass::steps {

namespace {

using data::Value;

// ---- withKubeConfig
// --------------------------------------------------------------------------------------------------

Outcome bind_kubeconfig(EffectContext& context, const Value& arguments) {
  const auto id = text_of(arguments, "credentialsId");
  Bound bound;
  if (id.empty()) return std::move(bound).result();  // the account of the pod or of the user
  auto config = make_kube_config(context, {.credentials_id = id,
                                           .server_url = text_of(arguments, "serverUrl"),
                                           .context_name = text_of(arguments, "contextName"),
                                           .cluster_name = text_of(arguments, "clusterName"),
                                           .namespace_name = text_of(arguments, "namespace"),
                                           .ca_certificate = text_of(arguments, "caCertificate")});
  if (!config) return std::unexpected(std::move(config).error());
  auto folder = make_secret_folder(context, "kubeconfig");
  if (!folder) return io_error(folder.error());
  bound.owns(*folder);
  // kubectl itself changes the file (config use-context), so it can be written by its owner.
  auto path = write_secret(*folder, "config", *config, 0600);
  if (!path) {
    bound.release();
    return io_error(path.error());
  }
  bound.set("KUBECONFIG", *path);
  return std::move(bound).result();
}

// ---- configFileProvider
// ----------------------------------------------------------------------------------------------

/// A managed file: a credential of type `configFile` or `file`, by its id.
std::optional<Value> managed_file(EffectContext& context, const std::string& id) {
  auto found = context.run.credential(id);
  if (!found) return std::nullopt;
  const auto type = found->get_string("type");
  return type == "configFile" || type == "file" ? found : std::nullopt;
}

std::expected<std::string, StepError> place_managed_file(EffectContext& context, const Value& wanted,
                                                         const std::string& folder, std::size_t number) {
  const auto id = text_of(wanted, "fileId");
  const auto target = text_of(wanted, "targetLocation");
  const auto file = managed_file(context, id);
  if (!file) {
    return abort_with("not able to provide the file [ManagedFile: id=" + id + ", targetLocation=" +
                      (target.empty() ? "null" : target) + ", variable=" + text_of(wanted, "variable", "null") +
                      "], can't be resolved by any provider - maybe it got deleted by an administrator?");
  }
  auto content = credential_bytes(*file, "content");
  if (flag_of(wanted, "replaceTokens")) content = substitute_variables(context.place.environment, content);
  const auto name = file->get_string("name", file->get_string("fileName", id));
  std::string path;
  if (target.empty()) {
    auto written = write_secret(folder, "config" + std::to_string(number) + "tmp", content);
    if (!written) return io_error(written.error());
    path = *written;
  } else {
    path = absolute_path(context.place, target);
    auto root = machine_root();
    if (!root) return io_error(root.error());
    auto there = root->stat(path);
    if (target.ends_with('/') || (there && there->kind == files::EntryKind::folder)) path += "/" + name;
    if (auto done = root->write(path, content, {.mode = 0600}); !done) return file_error(done.error(), path);
  }
  log_line(context, "copy managed file [" + name + "] to file:" + path);
  return path;
}

Outcome provide_files(EffectContext& context, const Value& arguments) {
  log_line(context, "provisioning config files...");
  auto folder = make_secret_folder(context, "config files");
  if (!folder) return io_error(folder.error());
  Bound bound;
  bound.owns(*folder);
  const auto* wanted = arguments.find("files");
  std::size_t number = 0;
  for (const auto& one : wanted == nullptr ? Value::List{} : wanted->items()) {
    auto path = place_managed_file(context, one, *folder, ++number);
    if (!path) {
      bound.release();
      return std::unexpected(std::move(path).error());
    }
    if (const auto variable = text_of(one, "variable"); !variable.empty()) bound.set(variable, *path);
  }
  return std::move(bound).result();
}

// ---- withMaven
// -------------------------------------------------------------------------------------------------------

/// The folder of a tool given by --tool, or nothing.
std::string tool_folder(EffectContext& context, const std::string& name) {
  return name.empty() ? std::string() : context.run.fact("tool:" + name);
}

/// The mvn to run: of the named installation, of M2_HOME or MAVEN_HOME, of the PATH; empty where there is none.
std::string find_maven(EffectContext& context, const std::string& installation) {
  if (const auto folder = tool_folder(context, installation); !folder.empty()) {
    log_line(context, "[withMaven] using Maven installation '" + installation + "'");
    return folder + "/bin/mvn";
  }
  for (const char* variable : {"M2_HOME", "MAVEN_HOME"}) {
    const auto folder = environment_variable(context.place, variable);
    if (folder.empty()) continue;
    log_line(
        context,
        std::string("[withMaven] using Maven installation provided by the build agent with the environment variable ") +
            variable + "=" + folder);
    return folder + "/bin/mvn";
  }
  auto program = proc::find_program("mvn", environment_variable(context.place, "PATH"));
  if (!program) return {};
  log_line(context, "[withMaven] using Maven installation provided by the build agent with executable " + *program);
  return *program;
}

/// A settings file: by the id of a managed file, or by a path in the workspace.
std::expected<std::string, StepError> settings_file(EffectContext& context, const std::string& folder,
                                                    std::string_view id, std::string_view path, std::string_view name) {
  if (!path.empty()) return absolute_path(context.place, path);
  if (id.empty()) return std::string();
  const auto file = managed_file(context, std::string(id));
  if (!file)
    return abort_with("Could not find the Maven settings.xml config file id:" + std::string(id) +
                      ". Make sure it exists on Managed Files");
  auto written = write_secret(folder, name, credential_bytes(*file, "content"), 0600);
  if (!written) return io_error(written.error());
  log_line(context, "[withMaven] using Maven settings provided by the Jenkins Managed Configuration File '" +
                        std::string(id) + "'");
  return *written;
}

Outcome prepare_maven(EffectContext& context, const Value& arguments) {
  log_line(context, "[withMaven] Options: []");
  auto folder = make_secret_folder(context, "maven");
  if (!folder) return io_error(folder.error());
  Bound bound;
  bound.owns(*folder);
  auto give_up = [&bound](StepError error) -> Outcome {
    bound.release();
    return std::unexpected(std::move(error));
  };
  std::string options = "--batch-mode --show-version";
  static constexpr std::array<std::array<std::string_view, 4>, 2> kSettings = {
      {{"mavenSettingsConfig", "mavenSettingsFilePath", "settings.xml", "--settings"},
       {"globalMavenSettingsConfig", "globalMavenSettingsFilePath", "globalSettings.xml", "--global-settings"}}};
  for (const auto& [id, path, name, option] : kSettings) {
    auto file = settings_file(context, *folder, text_of(arguments, id), text_of(arguments, path), name);
    if (!file) return give_up(std::move(file).error());
    if (!file->empty()) options += " " + std::string(option) + " " + text::shell_quote_always(*file);
  }
  if (const auto repository = text_of(arguments, "mavenLocalRepo"); !repository.empty()) {
    const auto expanded = absolute_path(context.place, substitute_variables(context.place.environment, repository));
    options += " -Dmaven.repo.local=" + text::shell_quote_always(expanded);
  }
  if (const auto jdk = text_of(arguments, "jdk"); !jdk.empty()) {
    const auto home = tool_folder(context, jdk);
    if (home.empty()) {
      log_line(context, "[withMaven] no --tool " + jdk + "; using the JDK of the build agent");
    } else {
      log_line(context, "[withMaven] using JDK installation " + jdk);
      bound.set("JAVA_HOME", home);
      bound.set("PATH+JDK", home + "/bin");
    }
  }
  if (const auto given = text_of(arguments, "mavenOpts"); !given.empty()) {
    const auto before = environment_variable(context.place, "MAVEN_OPTS");
    bound.set("MAVEN_OPTS", before.empty() ? given : before + " " + given);
  }
  const auto installation = text_of(arguments, "maven");
  const auto maven = find_maven(context, installation);
  if (maven.empty()) {
    log_line(context, "[withMaven] there is no mvn on this node; only a Maven wrapper (mvnw) can be used");
  } else {
    auto script = write_secret(*folder, "mvn",
                               "#!/bin/sh -e\necho ----- withMaven Wrapper script -----\nexec " +
                                   text::shell_quote_always(maven) + " " + options + " \"$@\"\n",
                               0500);
    if (!script) return give_up({.java_class = "java.io.IOException", .message = script.error().message, .fields = {}});
    bound.set("PATH+MAVEN", *folder);
    bound.set("MVN_CMD", *script);
    bound.set("MVN_CMD_DIR", *folder);
  }
  bound.set("MAVEN_CONFIG", options);
  return std::move(bound).result();
}

constexpr EffectDescription kEffects[] = {
    {"kubeconfig.bind", EffectKind::keyed, true, bind_kubeconfig, nullptr, release_lease},
    {"configfiles.provide", EffectKind::keyed, true, provide_files, nullptr, release_lease},
    {"maven.prepare", EffectKind::keyed, true, prepare_maven, nullptr, release_lease},
};

}  // namespace

std::span<const EffectDescription> wrapper_effects() { return kEffects; }

}  // namespace windlass::steps
