// aws.role and s3Upload. Requests are signed by libcurl (Signature Version 4); keys come from the environment, which
// withAWS and withCredentials fill. Source: pipeline-language 6.6, 6.8.
#include <algorithm>

#include "steps/aws_client.h"
#include "steps/bound.h"
#include "steps/families.h"
#include "steps/http_client.h"
#include "steps/place_files.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;

/// The environment with what the block itself has set so far (`K=V` as Bound writes it).
Place with_variables(const Place& place, const Value& arguments) {
  Place out = place;
  const auto* given = arguments.find("env");
  if (given == nullptr) return out;
  for (const auto& entry : given->items()) {
    const auto& text = entry.text();
    const auto at = text.find('=');
    if (at == std::string::npos) continue;
    std::string value;
    for (std::size_t i = at + 1; i < text.size(); ++i) {
      if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '$') ++i;
      value += text[i];
    }
    out.environment[text.substr(0, at)] = value;
  }
  return out;
}

Outcome take_role(EffectContext& context, const Value& arguments) {
  EffectContext inside{
      .key = context.key, .step = context.step, .place = with_variables(context.place, arguments), .run = context.run};
  auto role = text_of(arguments, "role");
  if (!role.starts_with("arn:")) {
    const auto account = text_of(arguments, "roleAccount");
    if (account.empty()) return abort_with("withAWS: role '" + role + "' is no ARN and needs a roleAccount");
    role = "arn:aws:iam::" + account + ":role/" + role;
  }
  const auto session = text_of(arguments, "roleSessionName");
  auto keys = assume_role(inside, aws_keys(inside.place),
                          {.arn = role,
                           .session_name = session.empty() ? "Jenkins-" + context.run.fact("job") : session,
                           .external_id = text_of(arguments, "externalId"),
                           .seconds = arguments.get_int("duration", 3600),
                           .region = text_of(arguments, "region")});
  if (!keys) return std::unexpected(std::move(keys).error());
  log_line(context, "Setting AWS region " + aws_region(inside.place));
  log_line(context, "Requesting assume role");
  log_line(context, "Assumed role " + role);
  Bound bound;
  bound.set_secret(context, "AWS_ACCESS_KEY_ID", keys->access_key);
  bound.set_secret(context, "AWS_SECRET_ACCESS_KEY", keys->secret_key);
  bound.set_secret(context, "AWS_SESSION_TOKEN", keys->session_token);
  return std::move(bound).result();
}

// ---- s3Upload
// --------------------------------------------------------------------------------------------------------

struct Bucket {
  std::string url;  ///< of the bucket, without a slash at the end
  std::string name;
  std::string region;
  AwsKeys keys;
};

std::string encode_key(std::string_view key) {
  std::string out;
  for (std::size_t at = 0; at <= key.size();) {
    const auto end = std::min(key.find('/', at), key.size());
    if (at > 0) out += '/';
    out += text::encode_uri_component(key.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> object_headers(const Value& arguments, const AwsKeys& keys) {
  std::vector<std::pair<std::string, std::string>> out;
  auto add = [&](std::string name, const std::string& value) {
    if (!value.empty()) out.emplace_back(std::move(name), value);
  };
  add("Cache-Control", text_of(arguments, "cacheControl"));
  add("Content-Encoding", text_of(arguments, "contentEncoding"));
  add("Content-Type", text_of(arguments, "contentType"));
  std::string acl;
  for (char c : text_of(arguments, "acl")) {  // PublicRead is public-read
    if (c >= 'A' && c <= 'Z') {
      if (!acl.empty()) acl += '-';
      c = static_cast<char>(c + 32);
    }
    acl += c;
  }
  add("x-amz-acl", acl);
  if (const auto key = text_of(arguments, "kmsId"); !key.empty()) {
    add("x-amz-server-side-encryption", "aws:kms");
    add("x-amz-server-side-encryption-aws-kms-key-id", key);
  } else {
    add("x-amz-server-side-encryption", text_of(arguments, "sseAlgorithm"));
  }
  if (const auto* metadata = arguments.find("metadatas")) {
    for (const auto& entry : metadata->items()) {
      const auto& text = entry.text();
      const auto at = std::min(text.find(':'), text.size());
      add("x-amz-meta-" + text.substr(0, at), at < text.size() ? text.substr(at + 1) : "");
    }
  }
  add("x-amz-tagging", text_of(arguments, "tags"));
  add("x-amz-security-token", keys.session_token);
  return out;
}

std::expected<void, StepError> put(EffectContext& context, const Value& arguments, const Bucket& bucket,
                                   const std::string& key, const std::string& path, const std::string& text) {
  HttpRequest request;
  request.method = "PUT";
  request.url = bucket.url + "/" + encode_key(key);
  request.headers = object_headers(arguments, bucket.keys);
  auto root = machine_root();
  if (!root) return io_error(root.error());
  if (path.empty()) {
    request.body = text;
    request.headers.emplace_back("x-amz-content-sha256", files::hash_bytes(text, files::Hash::sha256));
  } else {
    request.upload_path = path;
    auto digest = root->hash(path, files::Hash::sha256);
    if (!digest) return file_error(digest.error(), path);
    request.headers.emplace_back("x-amz-content-sha256", *digest);
  }
  request.user = bucket.keys.access_key;
  request.password = bucket.keys.secret_key;
  request.aws_signature = "aws:amz:" + bucket.region + ":s3";
  auto answer = http_send(request, [&context] { return context.run.cancelled(); });
  if (!answer) return abort_with("Upload of s3://" + bucket.name + "/" + key + " failed: " + answer.error().message);
  if (answer->status / 100 != 2) {
    auto why = context.run.masked(std::string_view(answer->body).substr(0, 500));
    return abort_with("Upload of s3://" + bucket.name + "/" + key + " failed: " + answer->status_line + " " + why);
  }
  return {};
}

std::expected<Bucket, StepError> bucket_of(EffectContext& context, const Value& arguments) {
  Bucket out;
  out.name = text_of(arguments, "bucket");
  out.region = aws_region(context.place);
  out.keys = aws_keys(context.place);
  if (out.keys.access_key.empty() || out.keys.secret_key.empty()) {
    return abort_with(
        "s3Upload needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: surround it with withAWS or "
        "withCredentials");
  }
  context.run.mask(out.keys.secret_key);
  const auto endpoint = aws_endpoint(context.place, "S3");
  if (!endpoint.empty()) {
    out.url = endpoint + "/" + out.name;
  } else if (flag_of(arguments, "pathStyleAccessEnabled") || out.name.find('.') != std::string::npos) {
    out.url = "https://s3." + out.region + ".amazonaws.com/" + out.name;
  } else {
    out.url = "https://" + out.name + ".s3." + out.region + ".amazonaws.com";
  }
  return out;
}

struct Upload {
  std::string path, key;
};

/// Which files go where: one file under the key `path` (or below it, if it ends in a slash), or those of a folder or of
/// patterns below it.
std::expected<std::vector<Upload>, StepError> uploads_of(EffectContext& context, const Value& arguments) {
  std::vector<Upload> out;
  auto prefix = text_of(arguments, "path");
  while (prefix.starts_with('/')) prefix.erase(0, 1);
  const auto file = text_of(arguments, "file");
  const auto glob = text_of(arguments, "includePathPattern");
  auto below = [&prefix](const std::string& name) {
    return prefix.empty() ? name : prefix + (prefix.ends_with('/') ? "" : "/") + name;
  };
  auto root = machine_root();
  if (!root) return io_error(root.error());
  const auto base = folder_of(context.place, text_of(arguments, "workingDir"));
  const auto whole =
      file.empty() ? base : absolute_path(context.place, file.starts_with('/') ? file : base + "/" + file);
  if (!file.empty()) {
    auto there = root->stat(whole);
    if (!there) return throw_with("java.io.FileNotFoundException", whole + " (No such file or directory)");
    if (there->kind == files::EntryKind::file) {
      const auto name = whole.substr(whole.rfind('/') + 1);
      out.push_back({whole, prefix.empty() || prefix.ends_with('/') ? below(name) : prefix});
      return out;
    }
  }
  auto patterns = text::AntFileSet::compile(glob.empty() ? "**/*" : glob, text_of(arguments, "excludePathPattern"));
  if (!patterns) return abort_with(patterns.error().message);
  auto found = find_files(context, whole, *patterns);
  if (!found) return io_error(found.error());
  for (const auto& one : *found) out.push_back({one.from, below(one.path)});
  return out;
}

Outcome upload(EffectContext& context, const Value& arguments) {
  auto bucket = bucket_of(context, arguments);
  if (!bucket) return std::unexpected(std::move(bucket).error());
  const auto* text = arguments.find("text");
  if (text != nullptr && text->is_string()) {
    const auto key = text_of(arguments, "path");
    if (auto done = put(context, arguments, *bucket, key, "", text->text()); !done) {
      return std::unexpected(std::move(done).error());
    }
    log_line(context, "Upload complete");
    return Value("s3://" + bucket->name + "/" + key);
  }
  auto uploads = uploads_of(context, arguments);
  if (!uploads) return std::unexpected(std::move(uploads).error());
  for (const auto& one : *uploads) {
    log_line(context, "Uploading file:" + one.path + " to s3://" + bucket->name + "/" + one.key);
    if (auto done = put(context, arguments, *bucket, one.key, one.path, ""); !done) {
      return std::unexpected(std::move(done).error());
    }
    if (flag_of(arguments, "verbose")) log_line(context, "Finished: " + one.key);
  }
  log_line(context, "Upload complete");
  const auto key = uploads->size() == 1 ? uploads->front().key : text_of(arguments, "path");
  return Value("s3://" + bucket->name + "/" + key);
}

constexpr EffectDescription kEffects[] = {
    {"aws.role", EffectKind::keyed, false, take_role},
    {"s3Upload", EffectKind::once, true, upload},
};

}  // namespace

std::span<const EffectDescription> aws_effects() { return kEffects; }

}  // namespace windlass::steps
