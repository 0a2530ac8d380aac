#!/bin/sh
# On a Mac: signs amif-netcheck.app where there is a certificate, makes a disk image, has it notarised where there is an
# account, and puts the signed app into the zip too. `dmg.sh ZIP DMG`; without the variables below the image is made unsigned,
# says so, and the zip stays as it is.
#   SIGNING_IDENTITY   "Developer ID Application: …", whose key is in the keychain
#   NOTARY_PROFILE     what `xcrun notarytool store-credentials` has stored
set -eu
zip=$1 dmg=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/image"
ditto -xk "$zip" "$work/image"
app=$work/image/amif-netcheck.app
if [ -n "${SIGNING_IDENTITY:-}" ]; then
    # from the inside out; the outermost signature seals all the others
    find "$app/Contents/Resources/python" -type f \( -name '*.so' -o -name '*.dylib' -o -name python3 \) -print0 |
        xargs -0 codesign --force --timestamp --options runtime --entitlements "$here/entitlements.plist" --sign "$SIGNING_IDENTITY"
    codesign --force --timestamp --options runtime --entitlements "$here/entitlements.plist" --sign "$SIGNING_IDENTITY" "$app"
    codesign --verify --deep --strict "$app"
else
    echo "not signed: SIGNING_IDENTITY is not set" >&2
fi
ln -s /Applications "$work/image/Applications"
hdiutil create -quiet -volname "amif-netcheck" -srcfolder "$work/image" -format UDZO -ov "$dmg"
if [ -n "${SIGNING_IDENTITY:-}" ] && [ -n "${NOTARY_PROFILE:-}" ]; then
    codesign --force --timestamp --sign "$SIGNING_IDENTITY" "$dmg"
    xcrun notarytool submit "$dmg" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$dmg"
    xcrun stapler staple "$app" # Apple has seen it inside the image
else
    echo "not notarised: SIGNING_IDENTITY and NOTARY_PROFILE are not both set" >&2
fi
if [ -n "${SIGNING_IDENTITY:-}" ]; then
    ditto -c -k --sequesterRsrc --keepParent "$app" "$zip.signed"
    mv "$zip.signed" "$zip"
    shasum -a 256 "$zip" | sed "s# .*/#  #" >"$zip.sha256"
fi
shasum -a 256 "$dmg" | sed "s# .*/#  #" >"$dmg.sha256"
