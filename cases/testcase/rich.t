# Rich dependencies: one of two, only if, without.
repo system 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: desktop 1 1 noarch
#>=Prv: desktop = 1-1
repo shop 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: editor 1 1 noarch
#>=Prv: editor = 1-1
#>=Req: editor-gui <IF> desktop
#>=Req: (dict | dict-big) & lang
#>=Pkg: editor-gui 1 1 noarch
#>=Prv: editor-gui = 1-1
#>=Pkg: dict-big 1 1 noarch
#>=Prv: dict-big = 1-1
#>=Pkg: lang 1 1 noarch
#>=Prv: lang = 1-1
#>=Pkg: plain 1 1 noarch
#>=Prv: plain = 1-1
#>=Req: word - old
#>=Pkg: speller 1 1 noarch
#>=Prv: speller = 1-1
#>=Prv: word
#>=Prv: old
#>=Pkg: speller-ng 1 1 noarch
#>=Prv: speller-ng = 1-1
#>=Prv: word
system x86_64 rpm system
job install name editor
job install name plain
result transaction,problems <inline>
#>install dict-big-1-1.noarch@shop
#>install editor-1-1.noarch@shop
#>install editor-gui-1-1.noarch@shop
#>install lang-1-1.noarch@shop
#>install plain-1-1.noarch@shop
#>install speller-ng-1-1.noarch@shop

nextjob
job install name editor
job erase name desktop
result transaction,problems <inline>
#>erase desktop-1-1.noarch@system
#>install dict-big-1-1.noarch@shop
#>install editor-1-1.noarch@shop
#>install lang-1-1.noarch@shop
