// What is shown while objects are put into a cluster or taken out of it.
#pragma once

#include <string>

#include "cli/command.h"
#include "cli/output.h"
#include "cluster/installation.h"

namespace windlass::cli {

class ClusterReport {
 public:
  ClusterReport(Language language, Form form) : language_(language), form_(form) {}

  void tell(const cluster::AppliedObject& one) const;
  /// Why the server does not run.
  void trouble(const std::string& why) const;

 private:
  Language language_;
  Form form_;
};

}  // namespace windlass::cli
