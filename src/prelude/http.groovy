// httpRequest: sending is an effect; the answer is an object with the methods that scripts call. Source: pipeline-language 6.9.

def step_httpRequest(Map args, Closure body) {
    return new HttpResponse(__effect('httpRequest', __plain(args)))
}

class HttpResponse {
    final int status
    final String content
    final Map headers

    HttpResponse(Map answer) {
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
