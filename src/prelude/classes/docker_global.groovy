// The docker global, its images and containers. Commands are sh steps where Jenkins' are, so that they show in the log.
package org.jenkinsci.plugins.docker.workflow

class Docker {
    private final Map programs = [:]

    /** `docker`, or `podman` on a node that has only that. Asked once per node and tool. */
    String program() {
        def node = __host('node.info')
        def at = "${node.name} ${__host('env.get', 'DOCKER_TOOL_NAME')}".toString()
        if (programs[at] == null) {
            try {
                programs[at] = __effect('docker.program', [toolName: null])
            } catch (hudson.AbortException e) {
                throw node.pod == null ? e : new hudson.AbortException(withoutDocker(node.name))
            }
        }
        return programs[at]
    }

    private String withoutDocker(String pod) {
        return "the pod ${pod} has no Docker. Steps in an image: agent { docker { image 'x' } }, or a container of the pod ".toString() +
               "(podTemplate(containers: [containerTemplate(name: 'x', image: 'x')]) or agent { kubernetes { yaml } }) with container('x') { … }; " +
               'a service beside the steps: one more container of the pod, reached as localhost; building an image (docker.build, agent { dockerfile }): ' +
               'kaniko or buildah in a container of the pod'
    }

    /** The container of this pod that has the image: one that was made for it, or one that happens to have it. */
    String containerOf(String image, String args) {
        def pod = __host('node.info')?.pod
        if (pod == null) {
            return null
        }
        def digest = __host('text.digest', "${image}\n${args}".toString(), 'SHA-256')
        def made = pod.docker.find { it.digest == digest } ?: pod.containers.find { it.image == image && !args.trim() }
        return made?.name
    }

    Object withRegistry(String url, Closure body) {
        return withRegistry(url, null, body)
    }

    Object withRegistry(String url, String credentialsId, Closure body) {
        return inNode {
            __callStep('withEnv', [[overrides: ["DOCKER_REGISTRY_URL=${url}".toString()]], {
                __callStep('withDockerRegistry', [[url: url, credentialsId: credentialsId, toolName: __host('env.get', 'DOCKER_TOOL_NAME')], body])
            }])
        }
    }

    Object withServer(String uri, Closure body) {
        return withServer(uri, null, body)
    }

    Object withServer(String uri, String credentialsId, Closure body) {
        return inNode { __callStep('withDockerServer', [[uri: uri, credentialsId: credentialsId], body]) }
    }

    Object withTool(String tool, Closure body) {
        return inNode {
            def home = __callStep('tool', [[name: tool, type: 'dockerTool']])
            __callStep('withEnv', [[overrides: ["PATH=${home}/bin:${__host('env.get', 'PATH')}".toString(),
                                               "DOCKER_TOOL_NAME=${tool}".toString()]], body])
        }
    }

    Image image(String id) {
        return new Image(this, id)
    }

    Image build(String image, String args = '.') {
        return inNode {
            __callStep('withEnv', [[overrides: ["JD_IMAGE=${image}".toString()]], {
                __callStep('sh', [[script: program() + ' build -t "$JD_IMAGE" ' + args]])
            }])
            this.image(image)
        }
    }

    /** Takes a node if there is none. */
    Object inNode(Closure body) {
        return __host('node.info') != null ? body.call() : __callStep('node', [[label: ''], body])
    }

    /** `name` with the registry of withRegistry in front, unless it has one. */
    String qualified(String name) {
        String url = __host('env.get', 'DOCKER_REGISTRY_URL')
        return url ? inRegistry(url, name) : name
    }

    String inRegistry(String url, String name) {
        String host = url.contains('://') ? url.substring(url.indexOf('://') + 3) : url
        while (host.endsWith('/')) {
            host = host.substring(0, host.length() - 1)
        }
        if (host == 'index.docker.io/v1' || host == 'docker.io') {
            return name
        }
        if (host.contains('/')) {
            def rest = host.substring(host.indexOf('/') + 1)
            host = rest in ['v1', 'v2'] ? host.substring(0, host.indexOf('/')) : host
        }
        return name.startsWith(host + '/') ? name : host + '/' + name
    }

    static class Image {
        private final Docker docker
        final String id

        Image(Docker docker, String id) {
            this.docker = docker
            this.id = id
        }

        String imageName() {
            return docker.qualified(id)
        }

        private Object command(List env, String script, Map more = [:]) {
            return __callStep('withEnv', [[overrides: env], { __callStep('sh', [[script: script] + more]) }])
        }

        Object inside(Closure body) {
            return inside('', body)
        }

        Object inside(String args, Closure body) {
            if (__host('node.info') == null) {
                // A pod that is taken for this has the image as one of its containers.
                __host('node.docker', [[image: imageName(), args: args]])
            }
            return docker.inNode {
                String name = imageName()
                String container = docker.containerOf(name, args)
                if (container != null) {
                    return __callStep('container', [[name: container], body])
                }
                boolean local = false
                if (name != id && exists('JD_ID', id)) {
                    name = id
                    local = true
                }
                if (!local && !exists('JD_TO_RUN', name)) {
                    pull()
                }
                __callStep('withDockerContainer', [[image: name, args: args, toolName: __host('env.get', 'DOCKER_TOOL_NAME')], {
                    body.call()
                }])
            }
        }

        private boolean exists(String variable, String name) {
            return command(["${variable}=${name}".toString()], docker.program() + ' inspect -f . "$' + variable + '"', [returnStatus: true]) == 0
        }

        void pull() {
            docker.inNode { command(["JD_IMAGE=${imageName()}".toString()], docker.program() + ' pull "$JD_IMAGE"') }
        }

        Container run(String args = '', String command = '') {
            return docker.inNode {
                def words = docker.program() + ' run -d' + (args ? ' ' + args : '') + ' "$JD_IMAGE"' + (command ? ' ' + command : '')
                def started = this.command(["JD_IMAGE=${imageName()}".toString()], words, [returnStdout: true])
                new Container(docker, started.trim())
            }
        }

        Object withRun(Closure body) {
            return withRun('', '', body)
        }

        Object withRun(String args, Closure body) {
            return withRun(args, '', body)
        }

        Object withRun(String args, String command, Closure body) {
            return docker.inNode {
                def container = run(args, command)
                def owed = __host('ending.add', 'release', { container.stop() })
                try {
                    return body.call(container)
                } finally {
                    __host('ending.drop', owed)
                    container.stop()
                }
            }
        }

        /** The tag in the name, if any: a colon after the last slash. */
        private String ownTag() {
            int colon = id.lastIndexOf(':')
            return colon > id.lastIndexOf('/') ? id.substring(colon + 1) : 'latest'
        }

        private String bareName() {
            int colon = id.lastIndexOf(':')
            return colon > id.lastIndexOf('/') ? id.substring(0, colon) : id
        }

        String tag() {
            return tag(ownTag())
        }

        String tag(String name, boolean force = true) {
            return docker.inNode {
                def full = docker.qualified(bareName() + ':' + name)
                command(["JD_ID=${id}".toString(), "JD_TAGGED_IMAGE_NAME=${full}".toString()], docker.program() + ' tag "$JD_ID" "$JD_TAGGED_IMAGE_NAME"')
                full
            }
        }

        void push() {
            push(ownTag())
        }

        void push(String name, boolean force = true) {
            docker.inNode {
                def full = tag(name, force)
                command(["JD_TAGGED_IMAGE_NAME=${full}".toString()], docker.program() + ' push "$JD_TAGGED_IMAGE_NAME"')
            }
        }

        String toString() {
            return id
        }
    }

    static class Container {
        private final Docker docker
        final String id

        Container(Docker docker, String id) {
            this.docker = docker
            this.id = id
        }

        void stop() {
            __callStep('withEnv', [[overrides: ["JD_ID=${id}".toString()]], {
                __callStep('sh', [[script: docker.program() + ' stop "$JD_ID" && ' + docker.program() + ' rm -f --volumes "$JD_ID"']])
            }])
        }

        String port(int port) {
            return __callStep('withEnv', [[overrides: ["JD_ID=${id}".toString(), "JD_PORT=${port}".toString()]], {
                __callStep('sh', [[script: docker.program() + ' port "$JD_ID" "$JD_PORT"', returnStdout: true]])
            }]).trim()
        }
    }
}
