// A checkout may be repeated, a push arrives once.
node {
    git url: env.PEER_GIT, branch: 'main'
    sh 'echo "have $(cat file) $(git rev-parse --short HEAD)" >> "$EFFECTS"'
    sh '''echo push >> "$EFFECTS"
          echo more > more && git add more
          export GIT_AUTHOR_DATE=2024-01-02T00:00:00Z GIT_COMMITTER_DATE=2024-01-02T00:00:00Z
          git -c user.name=ann -c user.email=ann@example.org commit -q -m more
          git push -q origin HEAD:refs/heads/main'''
    dir('again') {
        checkout scmGit(branches: [[name: 'main']], userRemoteConfigs: [[url: env.PEER_GIT]])
        sh 'echo "again $(cat more)" >> "$EFFECTS"'
    }
    echo "changes ${currentBuild.changeSets.size()}"
}
