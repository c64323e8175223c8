// Messages to people. Source: pipeline-language 6.7.

def step_emailext(Map args, Closure body) {
    def providers = __describables(args.recipientProviders ?: [], 'recipient provider').collect { it['$class'] }
    def to = []
    def cc = []
    def bcc = []
    for (word in String.valueOf(args.to ?: '').split('[,;\\s]+')) {
        def address = __expanded(word)
        if (address.startsWith('cc:')) {
            cc << address.substring(3)
        } else if (address.startsWith('bcc:')) {
            bcc << address.substring(4)
        } else if (address) {
            to << address
        }
    }
    __effect('mail', [to: to.join(', '), cc: cc.join(', '), bcc: bcc.join(', '), from: args.from, replyTo: __expanded(args.replyTo),
                      subject: __expanded(args.subject), body: __expanded(args.body), charset: 'UTF-8',
                      mimeType: args.mimeType ?: 'text/plain', providers: providers, attachments: args.attachmentsPattern,
                      attachLog: args.attachLog, compressLog: args.compressLog])
}

/** Replaces $NAME, ${NAME} and ${NAME, option=value}; a name that nothing defines stays. */
def __expanded(text) {
    if (text == null) {
        return null
    }
    String source = String.valueOf(text)
    def out = new StringBuilder()
    int at = 0
    while (true) {
        int dollar = source.indexOf('$', at)
        if (dollar < 0 || dollar + 1 >= source.length()) {
            return out.append(source.substring(at)).toString()
        }
        out.append(source.substring(at, dollar))
        int end = dollar + 1
        String name
        String options = ''
        if (source[end] == '{') {
            int close = source.indexOf('}', end)
            if (close < 0) {
                return out.append(source.substring(dollar)).toString()
            }
            def inside = source.substring(end + 1, close)
            int comma = inside.indexOf(',')
            name = (comma < 0 ? inside : inside.substring(0, comma)).trim()
            options = comma < 0 ? '' : inside.substring(comma + 1)
            end = close + 1
        } else {
            while (end < source.length() && (Character.isLetterOrDigit(source.charAt(end)) || source[end] == '_')) {
                end++
            }
            name = source.substring(dollar + 1, end)
        }
        def value = __token(name, options)
        out.append(value == null ? source.substring(dollar, end) : value)
        at = end
    }
}

def __token(String name, String options) {
    switch (name) {
        case 'BUILD_STATUS': return __status_words()
        case 'PROJECT_NAME': return __host('run.get', 'fullProjectName')
        case 'PROJECT_DISPLAY_NAME': return __host('run.get', 'projectName')
        case 'PROJECT_URL': return __host('env.get', 'JOB_URL')
        case 'CAUSE': return __host('run.causes').collect { it.shortDescription }.join(', ')
        case 'BUILD_LOG': return __effect('log.tail', [lines: __option(options, 'maxLines', 250)])
        case 'ENV': return __host('env.get', __text_option(options, 'var') ?: '') ?: ''
        case 'FILE': return __effect('readFile', [file: __text_option(options, 'path')])
        case 'BUILD_USER': return __host('run.user')?.name
        case 'DEFAULT_SUBJECT':
        case 'PROJECT_DEFAULT_SUBJECT':
            return __expanded('$PROJECT_NAME - Build # $BUILD_NUMBER - $BUILD_STATUS!')
        case 'DEFAULT_CONTENT':
        case 'PROJECT_DEFAULT_CONTENT':
            return __expanded('$PROJECT_NAME - Build # $BUILD_NUMBER - $BUILD_STATUS:\n\nCheck console output at $BUILD_URL to view the results.')
        case 'CHANGES': return __host('run.changes').collect { "[${it.author}] ${it.msg}" }.join('\n')
        case 'JELLY_SCRIPT':
        case 'SCRIPT':
            return __expanded('$DEFAULT_CONTENT')
        default: return __host('env.get', name)
    }
}

def __option(String options, String name, int otherwise) {
    def found = options =~ (name + '\\s*=\\s*"?(\\d+)')
    return found.find() ? Integer.parseInt(found.group(1)) : otherwise
}

def __text_option(String options, String name) {
    def found = options =~ (name + '\\s*=\\s*"([^"]*)"')
    return found.find() ? found.group(1) : null
}

def __status_words() {
    def current = __host('result.current')
    def before = __host('run.previous_result')
    switch (current) {
        case 'SUCCESS': return before != null && before != 'SUCCESS' ? 'Fixed' : 'Successful'
        case 'UNSTABLE': return before == 'UNSTABLE' ? 'Still unstable' : 'Unstable'
        case 'FAILURE': return before == 'FAILURE' ? 'Still Failing' : 'Failure'
        case 'ABORTED': return 'Aborted'
        default: return 'Not Built'
    }
}

// ---- chat ------------------------------------------------------------------------------------------------------------

def step_slackSend(Map args, Closure body) {
    def sent = __chat('slack', args)
    return sent == null ? null : new SlackResponse(sent)
}

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

def __chat(String service, Map args) {
    return __effect('chat', __plain(args) + [service: service])
}

def step_hipchatSend(Map args, Closure body) {
    __chat('hipchat', args)
    return null
}

def step_office365ConnectorSend(Map args, Closure body) {
    __chat('teams', args)
    return null
}

def step_telegramSend(Map args, Closure body) {
    __chat('telegram', args)
    return null
}

def step_discordSend(Map args, Closure body) {
    __chat('discord', args)
    return null
}
