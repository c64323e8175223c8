// What slackSend gives.
package jenkins.plugins.slack.workflow

class SlackResponse {
    final String threadId
    final String channelId
    final String ts

    SlackResponse(Map sent) {
        threadId = sent.threadId
        channelId = sent.channelId
        ts = sent.ts
    }
}
