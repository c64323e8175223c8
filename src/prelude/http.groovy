// httpRequest: sending is an effect; the answer is an object with the methods that scripts call. Source: pipeline-language 6.9.

def step_httpRequest(Map args, Closure body) {
    return new jenkins.plugins.http_request.ResponseContentSupplier(__effect('httpRequest', __plain(args)))
}
