// The codec of remote_effect.h and its table.
#include "steps/remote_effect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "steps/testing/fake_run.h"

namespace windlass::steps {
namespace {

using data::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

/// Files as text: "PATH MODE CONTENT".
class ListSink final : public FileSink {
 public:
  Result<> begin(const std::string& path, std::uint32_t mode, std::int64_t modified) override {
    files.push_back(path + " " + std::to_string(mode) + " " + std::to_string(modified) + " ");
    return {};
  }
  Result<> bytes(std::string_view bytes) override {
    files.back() += bytes;
    return {};
  }
  Result<> end() override { return {}; }
  Result<> clear(const std::string& folder) override {
    files.push_back("clear " + folder);
    return {};
  }
  std::vector<std::string> files;
};

std::string error_of(std::string effect, std::string_view bytes) {
  ListSink sink;
  OutputDecoder decoder({.effect = std::move(effect)}, sink);
  auto done = decoder.push(bytes);
  return done ? "" : done.error().message;
}

std::string a_file(std::string_view path) {
  return encode_greeting() + encode_file_begin(path, 0644, 5) + encode_file_end();
}

std::string a_record(std::string kind, std::string key, Value payload) {
  EffectResult result;
  result.records.push_back({std::move(kind), std::move(key), std::move(payload)});
  return encode_greeting() + encode_result(result);
}

TEST(EffectNeeds, KnowsEveryEffect) {
  std::set<std::string_view> known;
  for (const auto& row : effect_table()) {
    known.insert(row.name);
    const auto* needs = find_needs(row.name);
    ASSERT_NE(needs, nullptr) << row.name << " has no row in remote_needs.cc: where does it act in a pod?";
    if (row.needs_node) {
      EXPECT_NE(needs->where, Where::at_server) << row.name << " needs a node; its files are in the pod";
    }
    if (row.give_back != nullptr && acts_in_pod(row.name)) {
      EXPECT_TRUE(acts_in_pod(release_of(row.name))) << row.name;
    }
  }
  EXPECT_EQ(find_needs("no such effect"), nullptr);
  EXPECT_FALSE(acts_in_pod("mail"));
  EXPECT_TRUE(acts_in_pod("stash"));
}

TEST(EffectNeeds, TellsWhatLendsFiles) {
  FakeRun run;
  run.credentials = {Value::map_of("id", "text", "type", "string"),
                     Value::map_of("id", "key", "type", "sshUserPrivateKey")};
  auto bind = [&run](const char* kind, const char* id) {
    const auto binding = Value::map_of("$class", kind, "credentialsId", id);
    return acts_in_pod("credentials.bind", Value::map_of("bindings", Value::list_of(binding)), run);
  };
  EXPECT_FALSE(bind("string", "text"));
  EXPECT_TRUE(bind("file", "text"));
  EXPECT_FALSE(bind("DeclarativeCredentials", "text"));
  EXPECT_TRUE(bind("DeclarativeCredentials", "key"));
  EXPECT_FALSE(acts_in_pod("credentials.release", Value::map_of("lease", Value::list()), run));
  EXPECT_TRUE(acts_in_pod("credentials.release", Value::map_of("lease", Value::list_of("/tmp/x")), run));
}

TEST(EffectNeeds, FindsCredentials) {
  const auto arguments =
      Value::map_of("scm",
                    Value::map_of("userRemoteConfigs", Value::list_of(Value::map_of("url", "u", "credentialsId", "git"),
                                                                      Value::map_of("credentialsId", Value()))),
                    "credentialsIds", Value::list_of("a", "git", "b"), "credentialsIdX", "not", "files",
                    Value::list_of(Value::map_of("fileId", "f")));
  EXPECT_THAT(credential_ids(arguments), UnorderedElementsAre("git", "a", "b", "f"));
}

TEST(RemoteRequest, ComesBackAsItWas) {
  RemoteRequest request{.effect = "stash", .key = "1.2:7", .step = "stash"};
  request.place = {.has_node = true,
                   .node = "pod-1",
                   .node_root = "/home/jenkins/agent",
                   .workspace = "/ws",
                   .workspace_tmp = "/ws@tmp",
                   .cwd = "/ws/a",
                   .environment = {{"PATH", "/bin"}, {"ODD", "a\nb=\xff"}}};
  // Kinds that a text form would lose.
  request.arguments = Value::map_of("long", Value(std::int64_t{5}), "decimal", Value::decimal("1.50"), "bytes",
                                    Value::bytes(std::string("\0\xff", 2)), "real", 0.1);
  request.facts = {{"job", "j"}, {"number", "3"}};
  request.now_millis = 1'700'000'000'001;
  request.records = {{"stash", "a", Value::map_of("file", "x.tar.zst")}};
  request.credentials = {Value::map_of("id", "c")};
  request.runs = {{.run = {.job = "j", .number = 2, .result = "SUCCESS"},
                   .has_content = true,
                   .parameters = {{"p", "v"}},
                   .records = {{"k", Value(1)}}}};
  request.scratch = "/ws@tmp/worker-1";

  const auto script = encode_request(request);
  const auto end_of_line = script.find('\n');
  EXPECT_EQ(script.substr(0, end_of_line), "#!/windlass/bin/windlass-worker perform");
  const auto read = decode_request(std::string_view(script).substr(end_of_line + 1));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->effect, "stash");
  EXPECT_EQ(read->key, "1.2:7");
  EXPECT_EQ(read->place.environment, request.place.environment);
  EXPECT_EQ(read->place.cwd, "/ws/a");
  EXPECT_TRUE(read->place.has_node);
  EXPECT_EQ(read->arguments, request.arguments);
  EXPECT_EQ(read->facts, request.facts);
  EXPECT_EQ(read->now_millis, request.now_millis);
  ASSERT_EQ(read->records.size(), 1U);
  EXPECT_EQ(read->records[0].payload, request.records[0].payload);
  ASSERT_EQ(read->runs.size(), 1U);
  EXPECT_EQ(read->runs[0].run.number, 2U);
  EXPECT_TRUE(read->runs[0].has_content);
  EXPECT_EQ(read->runs[0].parameters, request.runs[0].parameters);
  EXPECT_EQ(read->scratch, request.scratch);
  EXPECT_EQ(encode_request(*read), script);
}

TEST(RemoteRequest, RefusesOthers) {
  EXPECT_FALSE(decode_request(""));
  EXPECT_FALSE(decode_request("{}"));
  RemoteRequest request{.effect = "stash"};
  const auto document = encode_request_document(request);
  for (std::size_t cut = 0; cut < document.size(); ++cut) {
    EXPECT_FALSE(decode_request(std::string_view(document).substr(0, cut))) << cut;
  }
}

TEST(OutputDecoder, TakesAnyCut) {
  EffectResult result(Value::map_of("n", Value(std::int64_t{5})));
  result.records.push_back({"stash", "s", Value::map_of("file", "ab.tar.zst", "count", 1)});
  result.run_result = "UNSTABLE";
  const auto all = encode_greeting() + encode_mask("one") + encode_file_begin("stashes/ab.tar.zst", 0600, 7) +
                   encode_file_bytes("abc") + encode_file_bytes("de") + encode_file_end() + encode_mask("two") +
                   encode_result(result);
  for (std::size_t step = 1; step <= all.size(); ++step) {
    ListSink sink;
    OutputDecoder decoder({.effect = "stash"}, sink);
    for (std::size_t at = 0; at < all.size(); at += step) {
      EXPECT_FALSE(decoder.outcome());
      const auto done = decoder.push(std::string_view(all).substr(at, step));
      ASSERT_TRUE(done) << done.error().message;
    }
    EXPECT_THAT(sink.files, ElementsAre("stashes/ab.tar.zst 384 7 abcde"));
    EXPECT_THAT(decoder.take_secrets(), ElementsAre("one", "two"));
    EXPECT_TRUE(decoder.take_secrets().empty());
    const auto outcome = decoder.outcome();
    ASSERT_TRUE(outcome && *outcome);
    EXPECT_EQ((*outcome)->value, result.value);
    EXPECT_EQ((*outcome)->run_result, "UNSTABLE");
    ASSERT_EQ((*outcome)->records.size(), 1U);
    EXPECT_EQ((*outcome)->records[0].payload, result.records[0].payload);
  }
}

TEST(OutputDecoder, ReadsTheExampleOfItsDocument) {
  const std::string example(
      "\x47\4\0\0\0\1\0\0\0"
      "\x46\x17\0\0\0\x13\0\0\0\1\x09\3\7\x09stashes/a\3\x80\6\3\x0e"
      "\x42\2\0\0\0hi"
      "\x45\0\0\0\0",
      49);
  EXPECT_EQ(encode_greeting() + encode_file_begin("stashes/a", 0600, 7) + encode_file_bytes("hi") + encode_file_end(),
            example);
}

TEST(OutputDecoder, GivesErrorsOfSteps) {
  ListSink sink;
  OutputDecoder decoder({.effect = "readFile"}, sink);
  const Outcome outcome = std::unexpected(
      StepError{.java_class = "java.nio.file.NoSuchFileException", .message = "/a", .fields = Value::map_of("a", 1)});
  ASSERT_TRUE(decoder.push(encode_greeting() + encode_result(outcome)));
  ASSERT_TRUE(decoder.outcome());
  ASSERT_FALSE(*decoder.outcome());
  EXPECT_EQ(decoder.outcome()->error().java_class, "java.nio.file.NoSuchFileException");
  EXPECT_EQ(decoder.outcome()->error().message, "/a");
  EXPECT_EQ(decoder.outcome()->error().fields, Value::map_of("a", 1));
}

TEST(OutputDecoder, RefusesFilesThatTheEffectDoesNotMake) {
  EXPECT_EQ(error_of("stash", a_file("stashes/x")), "");
  for (const char* path : {"stashes", "stashes/", "stashes/..", "stashes/../journal", "/stashes/x", "stashes//x",
                           "stashes/./x", "artifacts/x", "../stashes/x", "stash/x", "", "journal", "stashes /x"}) {
    EXPECT_THAT(error_of("stash", a_file(path)), HasSubstr("does not make")) << path;
  }
  EXPECT_THAT(error_of("stash", a_file(std::string_view("stashes/a\0b", 11))), HasSubstr("does not make"));
  EXPECT_THAT(error_of("stash", a_file("stashes/" + std::string(300, 'x'))), HasSubstr("does not make"));
  EXPECT_THAT(error_of("readFile", a_file("stashes/x")), HasSubstr("does not make"));
  EXPECT_THAT(error_of("mail", a_file("artifacts/x")), HasSubstr("does not make"));
  EXPECT_THAT(error_of("", a_file("artifacts/x")), HasSubstr("nobody does not make"));
}

TEST(OutputDecoder, RefusesRecordsThatTheEffectDoesNotMake) {
  const auto file = [](const char* name) { return Value::map_of("file", name); };
  EXPECT_EQ(error_of("stash", a_record("stash", "n", file("a.tar.zst"))), "");
  EXPECT_EQ(error_of("stash", a_record("stash", "n", Value::map_of("file", Value()))), "");
  EXPECT_THAT(error_of("stash", a_record("artifact", "n", Value::map())), HasSubstr("does not make"));
  EXPECT_THAT(error_of("stash", a_record("", "n", Value::map())), HasSubstr("does not make"));
  EXPECT_THAT(error_of("stash", a_record("stash", "n", file("../../other/files/stashes/a"))),
              HasSubstr("does not make"));
  EXPECT_THAT(error_of("stash", a_record("stash", "n", Value::map_of("before", ".."))), HasSubstr("does not make"));
  EXPECT_THAT(error_of("stash", a_record("stash", "n", Value("text"))), HasSubstr("does not make"));
  EXPECT_THAT(error_of("archiveArtifacts", a_record("artifact", "../a", Value::map())), HasSubstr("does not make"));
  EXPECT_THAT(error_of("publishHTML", a_record("html", "r", Value::map_of("folder", "../x"))),
              HasSubstr("does not make"));
  EXPECT_THAT(error_of("tool", a_record("tool", "r", Value::map())), HasSubstr("does not make"));
  EXPECT_THAT(error_of("readFile", a_record("scm", "r", Value::map())), HasSubstr("does not make"));
}

TEST(OutputDecoder, RefusesWhatIsNoOutput) {
  EXPECT_THAT(error_of("stash", "sh: 1: cannot do this"), HasSubstr("does not begin like one"));
  EXPECT_THAT(error_of("stash", "s"), HasSubstr("does not begin like one"));
  EXPECT_THAT(error_of("stash", encode_greeting() + encode_greeting()), HasSubstr("begins twice"));
  EXPECT_THAT(error_of("stash", encode_mask("x")), HasSubstr("does not begin like one"));
  EXPECT_THAT(error_of("stash", encode_greeting() + encode_file_bytes("x")), HasSubstr("bytes of no file"));
  EXPECT_THAT(error_of("stash", encode_greeting() + encode_file_end()), HasSubstr("the end of no file"));
  const auto begun = encode_greeting() + encode_file_begin("stashes/x", 0600, 0);
  EXPECT_THAT(error_of("stash", begun + encode_file_begin("stashes/y", 0600, 0)), HasSubstr("a file within a file"));
  EXPECT_THAT(error_of("stash", begun + encode_result(EffectResult())), HasSubstr("a result within a file"));
  const auto whole = encode_greeting() + encode_result(EffectResult());
  EXPECT_THAT(error_of("stash", whole + "x"), HasSubstr("something follows"));
  EXPECT_THAT(error_of("stash", whole + encode_mask("x")), HasSubstr("something follows"));
  EXPECT_THAT(error_of("stash", encode_greeting() + std::string("M\xff\xff\xff\xff", 5)), HasSubstr("larger than"));
  EXPECT_THAT(error_of("stash", encode_greeting() + std::string("R\xff\xff\xff\xff", 5)), HasSubstr("larger than"));
  EXPECT_THAT(error_of("stash", encode_greeting() + std::string("Z\0\0\0\0", 5)), HasSubstr("an unknown part"));
  EXPECT_FALSE(error_of("stash", encode_greeting() + std::string("R\1\0\0\0x", 6)).empty());
  EffectResult odd;
  odd.run_result = "GREAT";
  EXPECT_THAT(error_of("stash", encode_greeting() + encode_result(odd)), HasSubstr("a result of no name"));
  EXPECT_THAT(error_of("stash", encode_greeting() + encode_result(throw_with("a b", "m"))), HasSubstr("no class"));
}

TEST(OutputDecoder, KeepsToItsLimits) {
  ListSink sink;
  OutputDecoder small({.effect = "stash", .max_file_bytes = 5, .max_files = 2}, sink);
  ASSERT_TRUE(small.push(encode_greeting() + encode_file_begin("stashes/x", 0600, 0) + encode_file_bytes("abcde")));
  EXPECT_THAT(small.push(encode_file_bytes("f")).error().message, HasSubstr("larger than 5 bytes"));
  OutputDecoder others({.effect = "stash", .max_file_bytes = 5, .too_large = "no more, says the server"}, sink);
  ASSERT_TRUE(others.push(encode_greeting() + encode_file_begin("stashes/x", 0600, 0)));
  EXPECT_EQ(others.push(encode_file_bytes("abcdef")).error().message, "no more, says the server");
  OutputDecoder few({.effect = "stash", .max_files = 2}, sink);
  ASSERT_TRUE(few.push(a_file("stashes/a") + encode_file_begin("stashes/b", 0600, 0) + encode_file_end()));
  EXPECT_THAT(few.push(encode_file_begin("stashes/c", 0600, 0)).error().message, HasSubstr("at most 2 files"));
  OutputDecoder secrets({.effect = "stash", .max_secrets = 1}, sink);
  ASSERT_TRUE(secrets.push(encode_greeting() + encode_mask("a")));
  EXPECT_THAT(secrets.push(encode_mask("b")).error().message, HasSubstr("too many secrets"));
}

TEST(OutputDecoder, EmptiesAReportThatComesAgain) {
  ListSink sink;
  OutputDecoder decoder({.effect = "publishHTML"}, sink);
  ASSERT_TRUE(decoder.push(a_file("html/R/a") + encode_file_begin("html/R/b/c", 04777, 0) + encode_file_end()));
  EXPECT_THAT(sink.files, ElementsAre("clear html/R", "html/R/a 420 5 ", "html/R/b/c 511 0 "));
  // A second report would empty one that another effect made.
  EXPECT_THAT(decoder.push(encode_file_begin("html/S/a", 0, 0)).error().message, HasSubstr("second report"));
}

TEST(MissingOutcome, SaysHowTheWorkerEnded) {
  EXPECT_THAT(missing_outcome("stash", "maven", 127).error().message,
              HasSubstr("container maven could not be started"));
  EXPECT_THAT(missing_outcome("stash", "maven", 137).error().message, HasSubstr("memory limit"));
  EXPECT_THAT(missing_outcome("stash", "maven", 1).error().message, HasSubstr("ended with exit code 1"));
}

}  // namespace
}  // namespace windlass::steps
