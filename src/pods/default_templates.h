// The cloud of an installation that has no JCasC: the templates that KubeSphere's chart ships, by name, label, images,
// resources and Maven settings, without its folders of the host. Source: the chart's jenkins-casc-config; S38, S42,
// T57.
#pragma once

#include <string>

#include "pods/pods.h"

namespace windlass::pods {

struct DefaultImages {
  std::string registry = "kubesphere";  ///< before each of the builders; empty: none
  std::string base = "builder-base:v3.2.2";
  std::string nodejs = "builder-nodejs:v3.2.0";
  std::string maven = "builder-maven:v3.2.0";
  std::string go = "builder-go:v3.2.0";
  std::string python = "builder-python:v3.2.0";
  std::string agent = "jenkins/inbound-agent:4.10-2";
};

inline constexpr std::string_view kMavenSettingsMap = "ks-devops-agent";  ///< ConfigMap in the namespace of the pods
inline constexpr std::string_view kMavenSettingsKey = "MavenSetting";

/// Cloud "kubernetes" with base (NORMAL), nodejs, maven, go and python (EXCLUSIVE) in `space`.
Cloud default_cloud(const DefaultImages& images = {}, const std::string& space = "kubesphere-devops-worker");

}  // namespace windlass::pods
