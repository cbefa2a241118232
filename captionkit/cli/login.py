"""`captionkit login`: sign in to Studio, once; the tokens renew themselves after that."""

from __future__ import annotations

import os
import sys

import click

from captionkit.cli._grammar import json_option, old_names
from captionkit.cli._output import echo, prompt, somebody_can_answer
from captionkit.errors import ConfigError, UsageError
from captionkit.terminal import clean_line


@click.command(name="login", short_help="Sign in to Studio (Instructure Media).",
               context_settings=old_names(studio="url"))  # fmt: skip
@click.option("--url", default="", metavar="URL", help="The address of Studio, "
              "https://YOUR-SCHOOL.instructuremedia.com; by default CAPTIONKIT_STUDIO_URL.")  # fmt: skip
@click.option("--client-id", default="", metavar="ID", envvar="CAPTIONKIT_STUDIO_CLIENT_ID", show_envvar=True,
              help="Of the developer key; asked for if it is missing.")  # fmt: skip
@click.option("--redirect-uri", default="", metavar="URI", help="As the developer key has it; by default the address "
              "of Studio itself.")  # fmt: skip
@click.option("--no-keyring", is_flag=True, help="Keep the sign-in in a file that only you can read.")
@click.option("--status", is_flag=True, help="Say who is signed in, and end.")
@click.option("--forget", is_flag=True, help="Remove the sign-in from this computer, and end.")
@json_option("With --status or --forget: print JSON.")
def command(
    url: str, client_id: str, redirect_uri: str, no_keyring: bool, status: bool, forget: bool, as_json: bool
) -> None:
    """Sign in to Studio: open an address, agree, paste the code.

    Needs a developer key of Studio (Settings, Developer Keys, made by an administrator), with the address of your
    Studio as its redirect URI, as in Instructure's guide: https://your-school.instructuremedia.com. After you have
    agreed the browser ends up there; paste the whole address that it shows then, which has the code in it. For another
    redirect URI: --redirect-uri. Studio takes neither http nor this computer.

    The key's secret and the code are asked for and not shown. In scripts the secret comes from
    CAPTIONKIT_STUDIO_CLIENT_SECRET and the code from standard input. There is no option for either: options end up in
    process lists.

    \b
    Examples:
      captionkit login --url https://your-school.instructuremedia.com
      captionkit login --status
    """
    from captionkit.remotes.studio.oauth import authorize_url, code_from, exchange, remember, studio_url
    from captionkit.remotes.studio.vault import Vault

    if as_json and not (status or forget):
        raise UsageError("--json goes with --status or --forget", unchanged="Nobody was signed in.")
    base = studio_url(url)
    vault = Vault(base, use_keyring=not no_keyring)
    if forget:
        gone = vault.forget()
        if as_json:
            from captionkit.cli._remote import print_json

            print_json({"url": base, "forgotten": bool(gone)})
            return
        echo(f"Signed out of {vault.host} on this computer." if gone else f"Nobody was signed in to {vault.host}.")
        if gone:
            echo("To end the tokens everywhere, delete the developer key's access in Studio.", err=True)
        return
    if status:
        _print_status(base, as_json=as_json)
        return
    before = vault.load()
    client_id = client_id or (before.client_id if before else "") or _asked("Client id of the developer key")
    same_client = before is not None and before.client_id == client_id
    redirect_uri = redirect_uri or (before.redirect_uri if before and same_client else "") or base
    secret = os.environ.get("CAPTIONKIT_STUDIO_CLIENT_SECRET", "").strip()
    secret = secret or (before.client_secret if before and same_client else "")
    secret = secret or _asked("Its secret (not shown)", variable="CAPTIONKIT_STUDIO_CLIENT_SECRET")
    echo(f"The developer key has to have the redirect URI {redirect_uri}. Open this address, sign in and agree:\n")
    echo(f"  {authorize_url(base, client_id, redirect_uri)}\n")
    echo("Then paste the whole address that the browser ended up at, or the code that the page shows.")
    grant = exchange(base, client_id, secret, code_from(_code()), redirect_uri=redirect_uri)
    kept = vault.save(grant)
    remember(base)
    echo(f"Kept in {kept}.")
    _print_status(base, as_json=False)


def _print_status(base: str, *, as_json: bool) -> None:
    from captionkit.cli._studio import open_studio

    with open_studio(base) as studio:
        user = studio.whoami()
        if user is None:
            studio.ping()
    if as_json:
        from dataclasses import asdict

        from captionkit.cli._remote import print_json

        print_json({"url": base, "signed_in": True, "user": asdict(user) if user else None})
        return
    if user is None:
        echo(f"Signed in to {base}.")
        return
    roles = f" ({', '.join(user.roles)})" if user.roles else ""
    echo(f"Signed in to {base} as {clean_line(user.name)}{clean_line(roles)}.")


def _asked(what: str, *, variable: str = "") -> str:
    if not somebody_can_answer():
        hint = f"Set {variable}." if variable else "Give --client-id, or set CAPTIONKIT_STUDIO_CLIENT_ID."
        raise ConfigError(
            f"nobody can be asked here: {what.partition(' (')[0]}", unchanged="Nothing was sent.", hint=hint
        )
    answer: str = prompt(what, hidden=bool(variable))
    return answer.strip()


def _code() -> str:
    if somebody_can_answer():
        answer: str = prompt("Code (not shown)", hidden=True)
        return answer
    line = sys.stdin.readline(8192)
    if not line.strip():
        raise UsageError("there is no code on standard input", unchanged="Nothing was stored.")
    return line
