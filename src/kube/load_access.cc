#include "kube/load_access.h"

namespace windlass::kube {

namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace

Result<Access> load_access(const std::string& kubeconfig, const std::string& context,
                           const Surroundings& surroundings) {
  const net::Environment variable = [&](std::string_view name) { return surroundings.variable(name); };
  const auto [paths, may_be_missing] = kubeconfig_paths(kubeconfig, variable);
  Kubeconfig merged;
  bool any = false;
  for (const auto& path : paths) {
    const auto text = surroundings.read_file(path);
    if (!text) {
      if (may_be_missing && text.error().kind == ErrorKind::unavailable) continue;
      return fail(text.error());
    }
    any = true;
    merge_kubeconfig(merged, WL_TRY(read_kubeconfig(*text, path, folder_of(path))));
  }
  if (any && (!merged.contexts.empty() || !context.empty())) return select_context(merged, context);
  const auto name_space = surroundings.read_file(std::string(kServiceAccountFolder) + "/namespace");
  auto own = in_cluster_access(variable, name_space ? *name_space : std::string());
  if (own) return own;
  return fail(
      ErrorKind::not_found,
      {"{}{} is not there or has no context, and this is no pod", "{}{} 不存在或没有上下文，且这里不是 Pod"},
      {paths.empty() ? "no kubeconfig is known: there is no home folder, and this is no pod" : "no cluster is known: ",
       paths.front()});
}

}  // namespace windlass::kube
