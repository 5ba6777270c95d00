"""Words the message of a sign-up. Bind it to CustomMessage; e-mails need EmailSendingAccount DEVELOPER."""

import html


def lambda_handler(event, context):
    request, response = event["request"], event["response"]
    name = request["userAttributes"].get("given_name", event["userName"])
    if event["triggerSource"] in ("CustomMessage_SignUp", "CustomMessage_ResendCode"):
        response["emailSubject"] = "Welcome to the club"
        response["emailMessage"] = f"<p>Dear {html.escape(name)}, your code is {request['codeParameter']}.</p>"
        response["smsMessage"] = f"Your club code is {request['codeParameter']}"
    return event
