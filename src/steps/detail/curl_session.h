// libcurl for the files of this module that send something: opened at first use, because loading it costs more than a
// whole small run; one transfer at a time, driven so that a cancelled effect ends within a tenth of a second.
//
// Not a client: http_client.h and mail_transport.h are what steps call.
#pragma once

#include <curl/curl.h>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace windlass::steps::detail {

/// The functions of libcurl that we call, found in the shared library.
struct CurlLibrary {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_poll) multi_poll;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_mime_init) mime_init;
  decltype(&::curl_mime_free) mime_free;
  decltype(&::curl_mime_addpart) mime_addpart;
  decltype(&::curl_mime_name) mime_name;
  decltype(&::curl_mime_filename) mime_filename;
  decltype(&::curl_mime_type) mime_type;
  decltype(&::curl_mime_data) mime_data;
  decltype(&::curl_mime_filedata) mime_filedata;
  decltype(&::curl_mime_encoder) mime_encoder;
  decltype(&::curl_mime_headers) mime_headers;
};

/// The library, or unsupported with the package to install. Any thread.
Result<const CurlLibrary*> curl_library();

/// One easy handle with what hangs on it. Not copied, not moved: libcurl keeps its address.
class CurlSession {
 public:
  static Result<std::unique_ptr<CurlSession>> open();
  CurlSession(const CurlSession&) = delete;
  CurlSession& operator=(const CurlSession&) = delete;
  ~CurlSession();

  [[nodiscard]] const CurlLibrary& library() const { return library_; }
  [[nodiscard]] CURL* handle() const { return handle_; }
  template <class T>
  void set(CURLoption option, T value) {
    library_.easy_setopt(handle_, option, value);
  }
  /// An option that takes a list of texts; the list lives as long as the session.
  void set_list(CURLoption option, const std::vector<std::string>& texts);
  /// A MIME structure that lives as long as the session.
  curl_mime* make_mime();
  curl_slist* make_list(const std::vector<std::string>& texts);

  /// Transfers. Errors: not_found (host), unavailable (connection, refused by the other side), timeout, cancelled,
  /// exhausted (a callback refused more), invalid (address). The message is libcurl's, which names no secret.
  Result<void> perform(const std::function<bool()>& cancelled);
  [[nodiscard]] long last_code() const { return code_; }

 private:
  explicit CurlSession(const CurlLibrary& library) : library_(library) {}

  const CurlLibrary& library_;
  CURL* handle_ = nullptr;
  std::vector<curl_slist*> lists_;
  std::vector<curl_mime*> mimes_;
  char error_[CURL_ERROR_SIZE] = {};
  long code_ = 0;
};

}  // namespace windlass::steps::detail
