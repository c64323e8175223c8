// What httpRequest gives.
package jenkins.plugins.http_request

class ResponseContentSupplier {
    final int status
    final String content
    final Map headers

    ResponseContentSupplier(Map answer) {
        status = answer.status as int
        content = answer.content
        headers = answer.headers
    }

    /** The answer is read to its end when it comes; responseHandle LEAVE_OPEN leaves nothing to close. */
    void close() {
    }

    String toString() {
        return "Status: ${status}"
    }
}
