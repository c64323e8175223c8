// Names of pods and values of labels, as the Kubernetes plugin makes them. Chance is an argument.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace windlass::pods {

inline constexpr std::size_t kSuffixLength = 5;

/// The last 57 characters, others than [-_a-zA-Z0-9] as '_', an 'x' where the ends are no letters or digits.
std::string sanitize_label(std::string_view text);
/// The names of a template's label; blanks are between them, and may be in quoted ones.
std::vector<std::string> label_atoms(std::string_view label);
/// SHA-1 of the label as written, in hex: `jenkins/label-digest`.
std::string label_digest(std::string_view label);

/// "maven" → "maven-" + suffix; "jenkins-agent-" + suffix when no name of a pod comes of it. At most 63 characters.
std::string pod_name(std::string_view template_name, std::string_view suffix);

/// invalid: fewer than ten characters, or others than names are made of.
Result<void> check_suffix(std::string_view suffix);

}  // namespace windlass::pods
