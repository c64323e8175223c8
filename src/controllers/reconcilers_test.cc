// Projects, pipelines, credentials and scripts brought in order, against a real store. Tests named Ill… are about what
// users of the original would love to lose (docs/compat/kubesphere.md).
#include <algorithm>

#include "controllers/credential_controller.h"
#include "controllers/jenkinsfile_controller.h"
#include "controllers/names.h"
#include "controllers/pipeline_controller.h"
#include "controllers/pipeline_rules.h"
#include "controllers/pipeline_run_rules.h"
#include "controllers/project_controller.h"
#include "controllers/run_claim.h"
#include "controllers/testing/store_fixture.h"
#include "jenkinsfile/basic_catalog.h"
#include "jenkinsfile/test_catalog.h"

namespace windlass::controllers {
namespace {

using data::Value;
using std::chrono::milliseconds;

class FixedFacts final : public RunFacts {
 public:
  PipelineFacts answer;
  [[nodiscard]] PipelineFacts facts_of(const Key&) const override { return answer; }
};

class Reconcilers : public StoreFixture {
 protected:
  Reconcilers() {
    projects_.also(type("Namespace"), ProjectReconciler::project_of_namespace);
    for (auto* one : controllers_) one->start();
  }
  [[nodiscard]] const std::vector<Controller*>& all() const { return controllers_; }
  ControllerOptions named(const std::string& name) {
    ControllerOptions out;
    out.name = name;
    out.backoff = {milliseconds(5), milliseconds(20)};
    out.log = [this](std::string_view line) { log_.emplace_back(line); };
    return out;
  }
  void settle() { StoreFixture::settle(all()); }
  void stop() {
    for (auto* one : controllers_) one->stop();
    EXPECT_TRUE(drains()) << "work is left after the stop";
  }
  void project(const std::string& name) {
    create(
        "DevOpsProject", "",
        Value::map_of("metadata", Value::map_of("name", name, "labels", Value::map_of("kubesphere.io/workspace", "ws"),
                                                "annotations", Value::map_of("kubesphere.io/creator", "ada"))));
  }
  Value pipeline(const std::string& name, Value block, Value annotations = Value::map()) {
    block.set("name", name);
    return create("Pipeline", "p",
                  Value::map_of("metadata", Value::map_of("name", name, "annotations", std::move(annotations)), "spec",
                                Value::map_of("type", "pipeline", "pipeline", std::move(block))));
  }
  std::string note(std::string_view kind, const std::string& name, std::string_view annotation) {
    auto object = get(kind, "p", name);
    return object ? objects::annotation(*object, annotation) : "(gone)";
  }
  std::vector<std::string> reasons() {
    std::vector<std::string> out;
    for (const auto& event : list("Event")) out.push_back(event.get_string("reason"));
    return out;
  }
  void annotate(const std::string& name, std::map<std::string, std::string> notes) {
    auto done = wait(embedded_->modify(
        type("Pipeline"), "p", name,
        [notes](Value object) -> objects::Outcome<Value> {
          for (const auto& [key, value] : notes) {
            objects::set_annotation(object, key, value);
          }
          return object;
        },
        objects::Part::main, false));
    ASSERT_TRUE(done) << done.error().message;
  }

  std::vector<std::string> log_;
  std::function<std::int64_t()> clock_ = [this] { return now_.load(); };
  EventRecorder events_{*store_, "test", clock_, nullptr};
  FixedFacts facts_;
  JobFacts job_facts_;
  rt::Worker worker_{io_};
  std::unique_ptr<jenkinsfile::BasicCatalog> steps_ = jenkinsfile::test_catalog();
  std::vector<std::string> forgotten_;  ///< projects whose members were
  ProjectReconciler project_rules_{*store_, events_, clock_, [this](const std::string& project) -> Result<> {
                                     forgotten_.push_back(project);
                                     return {};
                                   }};
  PipelineReconciler pipeline_rules_{*store_, events_, facts_, job_facts_, clock_};
  JenkinsfileReconciler script_rules_{*store_, events_, worker_, *steps_};
  CredentialReconciler credential_rules_{*store_, events_, clock_, [](std::string_view bytes) {
                                           return "hash of " + std::to_string(bytes.size()) + " bytes";
                                         }};
  Controller projects_{io_, *store_, type("DevOpsProject"), project_rules_, named("project")};
  Controller pipelines_{io_, *store_, type("Pipeline"), pipeline_rules_, named("pipeline")};
  Controller scripts_{io_, *store_, type("Pipeline"), script_rules_, named("jenkinsfile")};
  Controller credentials_{io_, *store_, type("Secret"), credential_rules_, named("credential")};
  std::vector<Controller*> controllers_ = {&projects_, &pipelines_, &scripts_, &credentials_};
};

// ---- projects
// ---------------------------------------------------------------------------------------------------------------

TEST_F(Reconcilers, AProjectGetsItsNamespace) {
  project("p");
  settle();
  const auto made = *get("DevOpsProject", "", "p");
  EXPECT_EQ(made.find("status")->get_string("adminNamespace"), "p");
  EXPECT_EQ(objects::annotation(made, "devopsproject.devops.kubesphere.io/syncstatus"), "successful");
  EXPECT_EQ(objects::finalizers_of(made), std::vector<std::string>{"devopsproject.finalizers.kubesphere.io"});
  const auto space = *get("Namespace", "", "p");
  EXPECT_EQ(objects::label(space, "kubesphere.io/devopsproject"), "p");
  EXPECT_EQ(objects::label(space, "kubesphere.io/workspace"), "ws");
  EXPECT_EQ(objects::label(space, "devops.kubesphere.io/managed"), "true");
  EXPECT_EQ(objects::annotation(space, "kubesphere.io/creator"), "ada");
  const auto& owner = objects::metadata_of(space).find("ownerReferences")->items().at(0);
  EXPECT_EQ(owner.get_string("uid"), objects::meta_text(made, "uid"));
  EXPECT_TRUE(owner.get_bool("controller"));
  EXPECT_EQ(reasons(), std::vector<std::string>{"NamespaceCreated"});
  stop();
}

TEST_F(Reconcilers, DeletingAProjectTakesItsNamespaceAndAllInIt) {
  project("p");
  settle();
  pipeline("a", Value::map());
  settle();
  ASSERT_EQ(note("Pipeline", "a", "pipeline.devops.kubesphere.io/syncstatus"), "successful");
  remove("DevOpsProject", "", "p");
  turn_until([&] { return !get("DevOpsProject", "", "p") && !get("Namespace", "", "p"); });
  EXPECT_NE(std::ranges::count(forgotten_, "p"), 0);
  EXPECT_TRUE(list("Pipeline").empty());
  stop();
}

TEST_F(Reconcilers, ANamespaceOfSomebodyElseIsNotTakenOver) {
  create("Namespace", "", R"({"metadata":{"name":"p"}})");
  project("p");
  settle();
  auto made = *get("DevOpsProject", "", "p");
  EXPECT_EQ(objects::annotation(made, "devopsproject.devops.kubesphere.io/syncstatus"), "failed");
  EXPECT_NE(objects::annotation(made, "devopsproject.devops.kubesphere.io/syncmsg").find("hand it over"),
            std::string::npos);
  EXPECT_EQ(made.find("status"), nullptr);
  auto handed = wait(embedded_->modify(
      type("Namespace"), "", "p",
      [](Value object) -> objects::Outcome<Value> {
        objects::set_label(object, "kubesphere.io/devopsproject", "p");
        return object;
      },
      objects::Part::main, false));
  ASSERT_TRUE(handed);
  settle();
  made = *get("DevOpsProject", "", "p");
  EXPECT_EQ(objects::annotation(made, "devopsproject.devops.kubesphere.io/syncstatus"), "successful");
  stop();
}

/// T61.
TEST_F(Reconcilers, DeletingAProjectLeavesForeignNamespacesAlone) {
  const std::string long_name(70, 'x');  // no value of a label: its selector would be none
  create("Namespace", "", R"({"metadata":{"name":"bystander"}})");
  project(long_name);
  settle();
  remove("DevOpsProject", "", long_name);
  turn_until([&] { return !get("DevOpsProject", "", long_name); });
  settle();
  const auto bystander = get("Namespace", "", "bystander");
  ASSERT_TRUE(bystander);
  EXPECT_FALSE(objects::is_being_deleted(*bystander));
  stop();
}

TEST_F(Reconcilers, ANamespaceThatIsDeletedByHandComesAgain) {
  project("p");
  settle();
  const auto before = objects::meta_text(*get("Namespace", "", "p"), "uid");
  remove("Namespace", "", "p");
  turn_until([&] {
    auto space = get("Namespace", "", "p");
    return space && objects::meta_text(*space, "uid") != before;
  });
  settle();
  EXPECT_EQ(objects::annotation(*get("DevOpsProject", "", "p"), "devopsproject.devops.kubesphere.io/syncstatus"),
            "successful");
  stop();
}

// ---- pipelines
// --------------------------------------------------------------------------------------------------------------

/// Ill 7, ill 19.
TEST_F(Reconcilers, Ill7AndIll19APipelineIsInOrderAfterOneWrite) {
  project("p");
  settle();
  const int before = store_->writes;
  scripts_.stop();
  std::erase(controllers_, &scripts_);
  pipeline("a", Value::map_of("jenkinsfile", "echo 1"));
  settle();
  EXPECT_EQ(store_->writes - before, 1) << "state and hash go together";
  EXPECT_EQ(note("Pipeline", "a", "pipeline.devops.kubesphere.io/syncstatus"), "successful");
  EXPECT_FALSE(note("Pipeline", "a", "pipeline.devops.kubesphere.io/spechash").empty());
  EXPECT_EQ(note("Pipeline", "a", "pipeline.devops.kubesphere.io/syncmsg"), "");
  stop();
}

TEST_F(Reconcilers, Ill25NothingIsWrittenWhileNothingChanges) {
  project("p");
  settle();
  pipeline("a", Value::map_of("jenkinsfile", "pipeline { agent any; stages { stage('a') { steps { echo 'x' } } } }"));
  settle();
  const auto version = objects::meta_text(*get("Pipeline", "p", "a"), "resourceVersion");
  now_ += 60'000;
  for (int i = 0; i < 5; ++i) {
    pipelines_.enqueue({"p", "a"});
    scripts_.enqueue({"p", "a"});
    settle();
  }
  EXPECT_EQ(objects::meta_text(*get("Pipeline", "p", "a"), "resourceVersion"), version);
  stop();
}

TEST_F(Reconcilers, Ill5AnnotationsOfOthersStay) {
  project("p");
  settle();
  pipeline("a", Value::map(), Value::map_of("kubesphere.io/alias-name", "Alpha"));
  settle();
  annotate("a", {{"kubesphere.io/description", "by a person"}});
  facts_.answer.weather_score = 40;
  pipelines_.enqueue({"p", "a"});
  settle();
  EXPECT_EQ(note("Pipeline", "a", "kubesphere.io/description"), "by a person");
  EXPECT_EQ(note("Pipeline", "a", "kubesphere.io/alias-name"), "Alpha");
  EXPECT_NE(note("Pipeline", "a", "pipeline.devops.kubesphere.io/jenkins-metadata").find(R"("weatherScore":40)"),
            std::string::npos);
  stop();
}

TEST_F(Reconcilers, ASpecThatCannotWorkSaysWhy) {
  project("p");
  settle();
  pipeline("a", Value::map_of("timer_trigger", Value::map_of("cron", "61 * * * *"), "discarder",
                              Value::map_of("num_to_keep", "many", "days_to_keep", "-1")));
  settle();
  EXPECT_EQ(note("Pipeline", "a", "pipeline.devops.kubesphere.io/syncstatus"), "failed");
  const auto message = note("Pipeline", "a", "pipeline.devops.kubesphere.io/syncmsg");
  EXPECT_NE(message.find("spec.pipeline.discarder.num_to_keep: 'many'"), std::string::npos) << message;
  EXPECT_NE(message.find("spec.pipeline.timer_trigger.cron: "), std::string::npos) << message;
  EXPECT_EQ(reasons(), (std::vector<std::string>{"SpecInvalid", "NamespaceCreated"}));
  stop();
}

TEST_F(Reconcilers, AHostilePipelineEndsInASentenceAndNotInRetries) {
  project("p");
  settle();
  Value parameters = Value::list();
  for (int i = 0; i < 3000; ++i) {
    parameters.push(
        Value::map_of("name", std::string(300, 'n'), "type", "choice", "description", std::string(300, 'd')));
  }
  std::string stages;
  for (int i = 0; i < 3000; ++i) {
    stages += "stage('s" + std::to_string(i) + "') { steps { echo '" + std::string(100, 'x') + "' } }\n";
  }
  pipeline("a", Value::map_of("parameters", std::move(parameters), "jenkinsfile",
                              "pipeline { agent any\n stages {\n" + stages + "} }"));
  settle();
  const auto message = note("Pipeline", "a", "pipeline.devops.kubesphere.io/syncmsg");
  EXPECT_NE(message.find("; and 5989 more"), std::string::npos) << message.substr(message.size() - 100);
  EXPECT_LT(message.size(), 5000u);
  EXPECT_LT(note("Pipeline", "a", "pipeline.devops.kubesphere.io/jenkins-metadata").size(), 1000u);
  EXPECT_EQ(note("Pipeline", "a", "pipeline.devops.kubesphere.io/jenkinsfile.validate"), "failure");
  EXPECT_TRUE(pipelines_.failures().empty() && scripts_.failures().empty()) << log_[0];
  stop();
}

TEST(PipelineRules, Metadata) {
  auto pipeline = *data::parse_json(R"({"metadata":{"name":"a"},"spec":{"type":"pipeline","pipeline":{"name":"a",
      "parameters":[{"name":"s","type":"string","default_value":"x","description":"d"},
                    {"name":"c","type":"choice","default_value":"one\ntwo"},
                    {"name":"b","type":"boolean","default_value":"true"},
                    {"name":"w","type":"password","default_value":"hunter2"}]}}})");
  EXPECT_EQ(
      data::format_json(pipeline_metadata(pipeline, {}, {})),
      R"({"weatherScore":100,"parameters":[{"name":"s","description":"d","type":"StringParameterDefinition","defaultParameterValue":{"name":"s","value":"x"}},)"
      R"({"name":"c","description":"","type":"ChoiceParameterDefinition","choices":["one","two"],"defaultParameterValue":{"name":"c","value":"one"}},)"
      R"({"name":"b","description":"","type":"BooleanParameterDefinition","defaultParameterValue":{"name":"b","value":true}},)"
      R"({"name":"w","description":"","type":"PasswordParameterDefinition","defaultParameterValue":{"name":"w","value":""}}],)"
      R"("name":"a","disabled":false})");
  // Those of its Jenkinsfile take the place of the ones of the same name.
  const auto declared =
      *data::parse_json(R"([{"name":"s","type":"choice","default_value":"x\ny"},{"name":"n","type":"text"}])");
  const auto names = [](const data::Value& metadata) {
    std::string out;
    for (const auto& one : metadata.find("parameters")->items()) {
      out += one.get_string("name") + ":" + one.get_string("type") + " ";
    }
    return out;
  };
  EXPECT_EQ(names(pipeline_metadata(pipeline, {}, declared)),
            "c:ChoiceParameterDefinition b:BooleanParameterDefinition w:PasswordParameterDefinition "
            "s:ChoiceParameterDefinition n:TextParameterDefinition ");
}

TEST(PipelineRules, WhatIsWrong) {
  const auto wrong = [](std::string_view spec) {
    return check_pipeline(
        *data::parse_json(R"({"metadata":{"name":"a","namespace":"p"},"spec":)" + std::string(spec) + "}"));
  };
  EXPECT_TRUE(wrong(R"({"type":"pipeline","pipeline":{"name":"a"}})").empty());
  EXPECT_TRUE(
      wrong(R"({"type":"pipeline","pipeline":{"name":"a","timer_trigger":{"cron":"TZ=Asia/Shanghai\nH 2 * * *"}}})")
          .empty());
  EXPECT_EQ(wrong(R"({"type":"pipeline"})").at(0), "spec.pipeline: missing, and the type is pipeline");
  EXPECT_EQ(wrong(R"({"type":"pipeline","pipeline":{"name":"b"}})").at(0),
            "spec.pipeline.name: is 'b' and must be as metadata.name, 'a'");
  EXPECT_EQ(wrong(R"({"type":"pipeline","pipeline":{"name":"a","parameters":[{"name":"x","type":"string"},
                     {"name":"x","type":"choice"}]}})")
                .size(),
            2u);
  EXPECT_EQ(wrong(R"({"type":"pipeline","pipeline":{"name":"a","generic_webhook":{"enable":true,"token":"t",
                     "filter_expression":"("}}})")
                .size(),
            1u);
}

// ---- credentials
// ------------------------------------------------------------------------------------------------------------

TEST_F(Reconcilers, ACredentialIsInOrder) {
  project("p");
  settle();
  create("Secret", "p", R"({"metadata":{"name":"c"},"type":"credential.devops.kubesphere.io/basic-auth",
                            "stringData":{"username":"ada","password":"hunter2"}})");
  create("Secret", "p", R"({"metadata":{"name":"other"},"type":"Opaque","stringData":{"k":"v"}})");
  settle();
  EXPECT_EQ(note("Secret", "c", "credential.devops.kubesphere.io/syncstatus"), "successful");
  EXPECT_FALSE(note("Secret", "c", "credential.devops.kubesphere.io/datahash").empty());
  EXPECT_EQ(objects::finalizers_of(*get("Secret", "p", "c")),
            std::vector<std::string>{"finalizers.kubesphere.io/credential"});
  EXPECT_TRUE(objects::finalizers_of(*get("Secret", "p", "other")).empty());
  stop();
}

TEST_F(Reconcilers, SecretsOutsideOfProjectsAreNotRead) {
  const char* text = R"({"metadata":{"name":"c"},"type":"credential.devops.kubesphere.io/secret-text",
                         "stringData":{"secret":"x"}})";
  create("Namespace", "", R"({"metadata":{"name":"foreign"}})");
  create("Secret", "foreign", text);
  settle();
  EXPECT_TRUE(objects::finalizers_of(*get("Secret", "foreign", "c")).empty());
  EXPECT_EQ(std::count(store_->read.begin(), store_->read.end(), "secrets foreign/c"), 0);
  // One that was a credential when its namespace was a project's does not wait for ever.
  auto left = wait(embedded_->modify(
      type("Secret"), "foreign", "c",
      [](Value object) -> objects::Outcome<Value> {
        objects::set_finalizers(object, {"finalizers.kubesphere.io/credential"});
        return object;
      },
      objects::Part::main, false));
  ASSERT_TRUE(left);
  remove("Secret", "foreign", "c");
  settle();
  EXPECT_FALSE(get("Secret", "foreign", "c"));
  stop();
}

TEST_F(Reconcilers, ARunIsClaimedOnItsObjectAndOnNoOther) {
  project("p");
  settle();
  runs::RunInfo run;
  run.job = "p/a/main";
  run.name = "r";
  run.number = 7;
  const auto claim = [&](const std::string& uid) {
    run.uid = uid;
    std::optional<Result<>> out;
    boost::asio::co_spawn(
        io_, [&]() -> boost::asio::awaitable<void> { out = co_await claim_run(*store_, run, "store"); },
        boost::asio::detached);
    turn_until([&] { return out.has_value(); });
    return out && *out ? "" : out->error().text();
  };
  EXPECT_NE(claim("none"), "") << "there is no such object";
  const auto made = create("PipelineRun", "p", R"({"metadata":{"name":"r"},"spec":{"pipelineRef":{"name":"a"}}})");
  EXPECT_FALSE(says_begun(made));
  EXPECT_NE(claim("another"), "") << "it has the name, and is another one";
  EXPECT_FALSE(says_begun(*get("PipelineRun", "p", "r")));
  EXPECT_EQ(claim(objects::meta_text(made, "uid")), "");
  const auto claimed = *get("PipelineRun", "p", "r");
  EXPECT_TRUE(says_begun(claimed));
  EXPECT_EQ(objects::annotation(claimed, "windlass.io/claim"), "store");
  EXPECT_EQ(objects::annotation(claimed, "devops.kubesphere.io/jenkins-pipelinerun-id"), "7");
  EXPECT_EQ(objects::finalizers_of(claimed), std::vector<std::string>{"pipelinerun.finalizers.kubesphere.io"});
  remove("PipelineRun", "p", "r");
  EXPECT_NE(claim(objects::meta_text(made, "uid")), "") << "it is about to go";
  stop();
}

TEST(PipelineRunRules, WhatSaysThatARunHasBegun) {
  const auto begun = [](const char* text) { return says_begun(*data::parse_json(text)); };
  EXPECT_FALSE(begun(R"({"metadata":{"name":"r"}})"));
  EXPECT_FALSE(begun(R"({"status":{"phase":"Pending","conditions":[]}})"));
  EXPECT_TRUE(begun(R"({"metadata":{"annotations":{"devops.kubesphere.io/jenkins-pipelinerun-id":"1"}}})"));
  EXPECT_TRUE(begun(R"({"metadata":{"annotations":{"windlass.io/claim":"0123"}}})"));
  EXPECT_TRUE(begun(R"({"status":{"phase":"Pending","startTime":"2026-01-01T00:00:00Z"}})"));
  for (const auto* phase : {"Running", "Succeeded", "Failed", "Cancelled", "Unknown"}) {
    EXPECT_TRUE(says_begun(Value::map_of("status", Value::map_of("phase", phase)))) << phase;
  }
}

namespace {

/// "STATUS REASON: MESSAGE" of a condition.
std::string condition_of(const Value& object, std::string_view type) {
  for (const auto& one : object.find("status")->find("conditions")->items()) {
    if (one.get_string("type") != type) continue;
    return one.get_string("status") + " " + one.get_string("reason") + ": " + one.get_string("message");
  }
  return "";
}

}  // namespace

TEST(PipelineRunRules, TheEndOfAPodIsToldOnceAlsoWhereAnotherHasItsPlace) {
  runs::RunInfo run;
  engine::AgentReport first, second;
  first.key = ":1";
  first.node = "base-a";
  first.over = true;
  engine::AgentTrouble trouble;
  trouble.code = "pod-evicted";
  trouble.text = "the pod was evicted";
  trouble.since_millis = 500;
  trouble.final = true;
  first.troubles = {trouble};
  second.key = ":2";
  second.node = "base-b";
  second.up = true;
  run.agents = {first, second};
  std::set<std::string> told;
  const auto news = agent_ends(run, 100, told);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].reason, "PodEvicted");
  EXPECT_EQ(news[0].message, "pod base-a: the pod was evicted");
  EXPECT_TRUE(agent_ends(run, 100, told).empty());
  // What was before this process began has been told by the one before it.
  told.clear();
  EXPECT_TRUE(agent_ends(run, 501, told).empty());
  run.agents[0].troubles[0].final = false;
  EXPECT_TRUE(agent_ends(run, 100, told).empty());
}

TEST(PipelineRunRules, WhatBefallsItsPodsIsAConditionAndAnEvent) {
  runs::RunInfo run;
  run.job = "p/a";
  run.number = 1;
  run.phase = runs::Phase::running;
  auto object = *data::parse_json(R"({"metadata":{"name":"r","namespace":"p"}})");
  const auto show = [&] {
    const auto before = object;
    show_run(object, run, 1000);
    const auto news = agent_news(before, object);
    return !news ? std::string("-") : (news->ails ? "Warning " : "Normal ") + news->reason;
  };
  EXPECT_EQ(show(), "-");
  EXPECT_EQ(condition_of(object, "AgentReady"), "");
  engine::AgentReport pod;
  pod.key = ":1";
  run.agents = {pod};
  EXPECT_EQ(show(), "-");
  EXPECT_EQ(condition_of(object, "AgentReady"), "Unknown PodPending: a pod is asked for");
  engine::AgentTrouble trouble;
  trouble.code = "pod-unschedulable";
  trouble.text = "no node takes the pod: 0/1 nodes are available";
  run.agents[0].node = "base-x";
  run.agents[0].troubles = {trouble};
  EXPECT_EQ(show(), "Warning PodUnschedulable");
  EXPECT_EQ(what_ails(run), ":1 pod-unschedulable");
  EXPECT_EQ(condition_of(object, "AgentReady"),
            "False PodUnschedulable: pod base-x: no node takes the pod: 0/1 nodes are available");
  EXPECT_EQ(show(), "-") << "told once";
  run.agents[0].troubles[0].text += "; 1 Insufficient cpu";
  EXPECT_EQ(show(), "-") << "the same with other words";
  EXPECT_NE(condition_of(object, "AgentReady").find("Insufficient"), std::string::npos);
  run.agents[0].troubles[0].until_millis = 5;
  EXPECT_EQ(show(), "Normal PodPending") << "it waits again";
  EXPECT_EQ(what_ails(run), "");
  run.agents[0].up = true;
  EXPECT_EQ(show(), "-");
  EXPECT_EQ(condition_of(object, "AgentReady"), "True AgentConnected: its agents have called");
  trouble.code = "pod-memory";
  trouble.text = "container maven ran out of memory";
  trouble.final = true;
  run.agents[0].up = false;
  run.agents[0].over = true;
  run.agents[0].troubles.push_back(trouble);
  EXPECT_EQ(show(), "Warning PodMemory");
  // The next pod of the same branch takes its place; one of another branch does not.
  engine::AgentReport other;
  other.key = "b:1";
  other.up = true;
  run.agents.push_back(other);
  EXPECT_EQ(show(), "-");
  other.key = ":2";
  run.agents.push_back(other);
  EXPECT_EQ(show(), "Normal AgentConnected");
  run.phase = runs::Phase::ended;
  run.result = "FAILURE";
  run.agents.resize(1);
  EXPECT_EQ(show(), "Warning PodMemory");
  EXPECT_EQ(condition_of(object, "Succeeded").substr(0, 5), "False");
  EXPECT_EQ(condition_of(object, "Ready"), "");
  EXPECT_EQ(condition_of(object, "AgentReady"), "False PodMemory: pod base-x: container maven ran out of memory");
  run.agents.clear();
  EXPECT_EQ(show(), "-") << "nobody knows any more";
  EXPECT_EQ(condition_of(object, "AgentReady"), "False PodMemory: pod base-x: container maven ran out of memory");
}

TEST_F(Reconcilers, ACredentialThatLacksSomethingSaysSo) {
  project("p");
  settle();
  create("Secret", "p", R"({"metadata":{"name":"c"},"type":"credential.devops.kubesphere.io/ssh-auth",
                            "stringData":{"username":"ada","private_key":"hunter2"}})");
  settle();
  EXPECT_EQ(note("Secret", "c", "credential.devops.kubesphere.io/syncstatus"), "failed");
  const auto message = note("Secret", "c", "credential.devops.kubesphere.io/syncmsg");
  EXPECT_NE(message.find("data.private_key: is no private key"), std::string::npos) << message;
  EXPECT_EQ(message.find("hunter2"), std::string::npos);
  stop();
}

TEST_F(Reconcilers, Ill18DeletionsHangOnNothing) {
  project("p");
  settle();
  pipeline("a", Value::map());
  create("Secret", "p", R"({"metadata":{"name":"c"},"type":"credential.devops.kubesphere.io/secret-text",
                            "stringData":{"secret":"x"}})");
  settle();
  remove("Pipeline", "p", "a");
  remove("Secret", "p", "c");
  turn_until([&] { return !get("Pipeline", "p", "a") && !get("Secret", "p", "c"); });
  stop();
}

TEST_F(Reconcilers, Ill18AFullDiskDelaysAndForgetsNothing) {
  project("p");
  settle();
  store_->fail_writes = 3;
  pipeline("a", Value::map());
  turn_until([&] { return note("Pipeline", "a", "pipeline.devops.kubesphere.io/syncstatus") == "successful"; });
  ASSERT_FALSE(log_.empty());
  EXPECT_NE(log_[0].find("the disk is full"), std::string::npos);
  settle();
  stop();
}

// ---- scripts
// ----------------------------------------------------------------------------------------------------------------

constexpr std::string_view kJson = "pipeline.devops.kubesphere.io/jenkinsfile";
constexpr std::string_view kMode = "pipeline.devops.kubesphere.io/jenkinsfile.edit.mode";
constexpr std::string_view kValidate = "pipeline.devops.kubesphere.io/jenkinsfile.validate";
constexpr const char* kScript = R"(// kept
pipeline {
  agent any
  stages {
    stage('Build') { // and this
      steps { echo 'one' }
    }
  }
}
)";

TEST_F(Reconcilers, AScriptBecomesJson) {
  project("p");
  settle();
  pipeline("a", Value::map_of("jenkinsfile", kScript));
  settle();
  EXPECT_EQ(note("Pipeline", "a", kValidate), "success");
  EXPECT_EQ(note("Pipeline", "a", kMode), "");
  const auto json = data::parse_json(note("Pipeline", "a", kJson));
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find("pipeline")->find("stages")->items().at(0).get_string("name"), "Build");
  stop();
}

TEST_F(Reconcilers, JsonBecomesAScriptThatKeepsItsComments) {
  project("p");
  settle();
  pipeline("a", Value::map_of("jenkinsfile", kScript));
  settle();
  auto json = note("Pipeline", "a", kJson);
  json.replace(json.find("one"), 3, "two");
  annotate("a", {{std::string(kJson), json}, {std::string(kMode), "json"}});
  settle();
  EXPECT_EQ(note("Pipeline", "a", kMode), "");
  std::string wanted = kScript;
  wanted.replace(wanted.find("one"), 3, "two");
  EXPECT_EQ(get("Pipeline", "p", "a")->find("spec")->find("pipeline")->get_string("jenkinsfile"), wanted);
  EXPECT_EQ(note("Pipeline", "a", kJson), json);
  stop();
}

TEST_F(Reconcilers, WhatCannotBeConvertedSaysFailureAndStays) {
  project("p");
  settle();
  pipeline("a", Value::map_of("jenkinsfile", "node { echo 'scripted' }"));
  settle();
  EXPECT_EQ(note("Pipeline", "a", kValidate), "failure");
  EXPECT_EQ(note("Pipeline", "a", kJson), "");
  for (const auto* json : {"", "{", R"({"pipeline":{}})", R"({"pipeline":{"stages":[{}]}})"}) {
    annotate("a", {{std::string(kJson), json}, {std::string(kMode), "json"}});
    settle();
    EXPECT_EQ(note("Pipeline", "a", kMode), "");
    EXPECT_EQ(note("Pipeline", "a", kValidate), "failure") << json;
    EXPECT_EQ(get("Pipeline", "p", "a")->find("spec")->find("pipeline")->get_string("jenkinsfile"),
              "node { echo 'scripted' }");
  }
  stop();
}

TEST_F(Reconcilers, Ill5AScriptChangedByKubectlRenewsTheJson) {
  project("p");
  settle();
  pipeline("a", Value::map_of("jenkinsfile", kScript));
  settle();
  auto changed = wait(embedded_->modify(
      type("Pipeline"), "p", "a",
      [](Value object) -> objects::Outcome<Value> {
        std::string script = kScript;
        script.replace(script.find("Build"), 5, "Other");
        object.find("spec")->find("pipeline")->set("jenkinsfile", script);
        return object;
      },
      objects::Part::main, false));
  ASSERT_TRUE(changed);
  settle();
  EXPECT_NE(note("Pipeline", "a", kJson).find("Other"), std::string::npos);
  stop();
}

}  // namespace
}  // namespace windlass::controllers
