
# The command line beside the app.
ln -sf '/opt/${sanitizedProductName}/resources/shelfmatch/bin/shelfmatch' '/usr/bin/shelfmatch'
