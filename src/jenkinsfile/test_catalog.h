// A few steps for tests and fuzzing of this module: enough to see every kind of argument.
#pragma once

#include <memory>

#include "jenkinsfile/basic_catalog.h"

namespace windlass::jenkinsfile {

inline std::unique_ptr<BasicCatalog> test_catalog() {
  using Type = ParameterType;
  auto out = std::make_unique<BasicCatalog>();
  const Parameter unit{.name = "unit",
                       .type = Type::enumeration,
                       .values = {"NANOSECONDS", "MICROSECONDS", "MILLISECONDS", "SECONDS", "MINUTES", "HOURS", "DAYS"},
                       .java_type = "class java.util.concurrent.TimeUnit"};
  const Parameter time{.name = "time", .type = Type::int_, .required = true};
  out->add_step({.name = "echo", .parameters = {{.name = "message", .type = Type::string, .required = true}}});
  out->add_step({.name = "sh",
                 .parameters = {{.name = "script", .type = Type::string, .required = true},
                                {.name = "returnStdout", .type = Type::boolean},
                                {.name = "returnStatus", .type = Type::boolean},
                                {.name = "label", .type = Type::string}},
                 .needs_workspace = true});
  out->add_step({.name = "sleep", .parameters = {time, unit}});
  out->add_step(
      {.name = "timeout", .parameters = {time, unit, {.name = "activity", .type = Type::boolean}}, .takes_body = true});
  out->add_step({.name = "retry",
                 .parameters = {{.name = "count", .type = Type::int_, .required = true}, {.name = "conditions"}},
                 .takes_body = true});
  out->add_step({.name = "withEnv",
                 .parameters = {{.name = "overrides", .type = Type::list, .required = true}},
                 .takes_body = true});
  out->add_step({.name = "withCredentials",
                 .parameters = {{.name = "bindings", .type = Type::list, .required = true}},
                 .takes_body = true});
  out->add_step({.name = "dir",
                 .parameters = {{.name = "path", .type = Type::string, .required = true}},
                 .takes_body = true,
                 .needs_workspace = true});
  out->add_step({.name = "checkout", .parameters = {{.name = "scm", .required = true}}, .needs_workspace = true});
  out->add_step(
      {.name = "stage", .parameters = {{.name = "name", .type = Type::string, .required = true}}, .takes_body = true});
  out->add_step({.name = "properties", .parameters = {{.name = "properties", .required = true}}});
  out->add_step({.name = "node", .parameters = {{.name = "label", .type = Type::string}}, .takes_body = true});
  out->add_step({.name = "error", .parameters = {{.name = "message", .type = Type::string, .required = true}}});
  out->add_step({.name = "readFile",
                 .parameters = {{.name = "file", .type = Type::string, .required = true},
                                {.name = "encoding", .type = Type::string}},
                 .needs_workspace = true});
  out->add_step({.name = "writeFile",
                 .parameters = {{.name = "file", .type = Type::string, .required = true},
                                {.name = "text", .type = Type::string, .required = true},
                                {.name = "encoding", .type = Type::string}},
                 .needs_workspace = true});
  out->add_step({.name = "acme", .takes_body = true, .open = true});
  out->add_global("unknownFunction");
  out->set_installations("maven", {"apache-maven-3.0.1", "M3"});
  return out;
}

}  // namespace windlass::jenkinsfile
