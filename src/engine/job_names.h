// Forms of a job's full name ("team/app").
#pragma once

#include <string>

namespace windlass::engine {

inline std::string base_name(const std::string& job) {
  auto slash = job.rfind('/');
  return slash == std::string::npos ? job : job.substr(slash + 1);
}

/// As Jenkins shows it: "team » app".
inline std::string full_display_name(const std::string& job) {
  std::string out;
  for (char c : job) out += c == '/' ? std::string(" » ") : std::string(1, c);
  return out;
}

/// Below the server's address: "job/team/job/app/".
inline std::string url_path(const std::string& job) {
  std::string out = "job/";
  for (char c : job) out += c == '/' ? std::string("/job/") : c == ' ' ? std::string("%20") : std::string(1, c);
  return out + "/";
}

}  // namespace windlass::engine
