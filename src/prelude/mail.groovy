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
        case 'CHANGES':
        case 'CHANGES_SINCE_LAST_SUCCESS':
        case 'CHANGES_SINCE_LAST_UNSTABLE':
            return __changes_text()
        case 'TEST_COUNTS': return __test_count(__text_option(options, 'var') ?: 'total')
        case 'FAILED_TESTS': return __failed_tests(__option(options, 'maxTests', Integer.MAX_VALUE))
        case 'DEFAULT_RECIPIENTS':
        case 'DEFAULT_REPLYTO':
        case 'DEFAULT_PRESEND_SCRIPT':
        case 'DEFAULT_POSTSEND_SCRIPT':
            return ''
        case 'JELLY_SCRIPT':
        case 'SCRIPT':
            return __expanded('$DEFAULT_CONTENT')
        default: return __host('env.get', name)
    }
}

/** `[author] message` for each commit of this run. */
def __changes_text() {
    def entries = __effect('scm.changes', [metadata: true]).collectMany { it.items }
    if (entries.isEmpty()) {
        return 'No changes'
    }
    return entries.collect { "[${it.author instanceof Map ? it.author.fullName : it.author}] ${it.msg}\n" }.join('')
}

def __tests_of_this_run() {
    return __effect('tests.read', [job: __host('run.get', 'fullProjectName'), number: __host('run.get', 'number')])
}

def __test_count(String what) {
    def found = __tests_of_this_run()
    if (found == null) {
        return ''
    }
    switch (what) {
        case 'fail': return String.valueOf(found.failed)
        case 'skip': return String.valueOf(found.skipped)
        case 'pass': return String.valueOf(found.total - found.failed - found.skipped)
        default: return String.valueOf(found.total)
    }
}

def __failed_tests(int most) {
    def found = __tests_of_this_run()
    if (found == null) {
        return 'No tests ran.'
    }
    def failed = found.suites.collectMany { it.cases.findAll { one -> one.status == 'FAILED' } }
    if (failed.isEmpty()) {
        return 'All tests passed'
    }
    def lines = failed.take(most).collect { "FAILED:  ${it.className}.${it.name}\n\nError Message:\n${it.message ?: ''}\n" }
    return "${found.failed} tests failed.\n" + lines.join('\n')
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
    return sent == null ? null : new jenkins.plugins.slack.workflow.SlackResponse(sent)
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
