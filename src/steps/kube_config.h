// A kubeconfig for one block or step, made from a credential: a file, a token, a user with password. JSON, which is
// YAML to kubectl.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "steps/effect.h"

namespace windlass::steps {

struct KubeConfigWish {
  std::string credentials_id;
  std::string server_url, context_name, cluster_name, namespace_name, ca_certificate;
};

/// The content. Secrets in it are masked. Errors: those of find_credential; AbortException when the credential's type
/// cannot become a kubeconfig or a server is missing.
std::expected<std::string, StepError> make_kube_config(EffectContext& context, const KubeConfigWish& wish);

/// Tokens and passwords within a credential whose content is a kubeconfig; none if it is something else.
std::vector<std::string> kube_config_secrets(const data::Value& credential);

}  // namespace windlass::steps
