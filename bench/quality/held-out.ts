/**
 * The held-out half: written after the cleaner had been mended on the lines of descriptors.ts and notes.ts, and
 * never looked at while mending. Its numbers are printed apart. Same slots as in notes.ts.
 */
export const HELD_OUT_DESCRIPTORS: readonly string[] = `
CT NECK SOFT TISSUE W/IV
cor T2 haste fs pelvis
AP PELVIS W/ LEFT HIP LATERAL
Axial DWI ALL b 0 50 400 800
SAG 3D T2 SPACE C-T-L SPINE
Survey 3-plane ssfse
Thin 1.25 mm lung algo
Coronary calcium 2.5 mm prospective 75 pct
Rt shoulder Y view Neer
Lt knee sunrise Merchant
Lat decub chest right side down
Bilateral hands ball catcher Norgaard
Dynamic pituitary 2 mm
IAC FIESTA
Orbit fat sat post
Resting perfusion 8 mCi Tetrofosmin
HBP 20 min Primovist
VCUG 5 Fr catheter
Retrograde urethrogram
Loopogram conduit
ERCP spot images
T-tube cholangiogram
Nephrostogram left
SIR-Spheres mapping MAA
TIPS revision
PICC tip SVC
Port-a-cath check
UAE pre embolization
Vertebroplasty L1
Facet block L5-S1
Sialogram parotid
Dacryocystogram
Ductogram right 9 o'clock
Spot mag view CC
Tomo slice 34 of 62
Harris-Beath view
Broden view 30 degrees
Rosenberg view PA flexion
Velpeau axillary
Stryker notch
Takayasu arteritis CTA
Moyamoya perfusion reserve
Sturge-Weber calcification
Chiari I decompression
Erdheim-Chester disease
Rosai-Dorfman nodes
Castleman disease mediastinum
Behcet disease pulmonary artery
Klatskin tumor Bismuth IIIa
Mirizzi syndrome
Todani type I cyst
Bochdalek hernia left
Morgagni hernia right
Zenker diverticulum
Ogilvie syndrome colon 11 cm
Volkmann contracture
Sprengel deformity omovertebral
Blount disease tibia vara
Madelung deformity wrist
Pellegrini-Stieda lesion
Thompson prosthesis left hip
Austin Moore stem
Denver shunt
Tenckhoff catheter coiled
Blakemore tube balloon
Minerva jacket
Fogarty balloon 4F
Amplatzer occluder 12 mm
Rapid HIT sequence
Field strength 7T knee
Snake artifact
Hot nose sign
Lemon sign fetal
Rugger jersey spine
Reverse Hill-Sachs
Strong T2 shading
Wise man tip catheter
Low kV 80 young patient
Cold spot inferior wall
Poor prep repeat scout
`
  .trim()
  .split("\n");

export const HELD_OUT_PHRASES: readonly string[] = `
Dr. {dr} please call
attn Dr {person}
copy to Dr. {person}
under Dr. {dr}
ordered by {person}
consult {person}
scanned by {dr}
RT: {dr}
Sonographer: {person}
Resident: {person}
Signed: {person}
Prelim by Dr. {person}
discussed with {person} MD
Mrs. {name}
Name {name}
for {name}
{name} - repeat
re: {name}
same patient as {mrn}
Pat.-Nr. {mrn}
PID {mrn}
Patient ID = {mrn}
UHID {mrn}
hosp no {mrn}
study {acc}
Accession no. {acc}
req {acc}
MRN old: {id}
previous MRN {id}
Case no {id}
dated {when}
since {when}
vs {when}
f/u from {when}
taken {when}
Study date {date}
birth date {dob}
(DOB {dob})
b. {dob}
d.o.b. {dob}
mobile {phone}
contact {phone}
callback {phone}
telefax {fax}
F: {fax}
mail: {email}
cc {email}
social security {ssn}
SSN# {ssn}
resides {addr}
address: {addr}
done at {inst}
sent from {place}
CD from {place}
device SN {serial}
serial no. {serial}
account no. {account}
billing acct {account}
insurance no. {plan}
subscriber {plan}
medical license {license}
License: {license}
license plate no. {vehicle}
link {url}
viewer {url}
IP {ip}
AE host {ip}
SOP {uid}
study uid {uid}
`
  .trim()
  .split("\n");

export const HELD_OUT_NOTES: readonly string[] = `
{name} was seen in clinic on {when}. Persistent cough. CT shows tree-in-bud nodules in the right middle lobe.
Telephone report given to Dr. {person} at 16:40. Free air under the right hemidiaphragm.
Requested by {person}, {inst}. Reason: rule out appendicitis. Appendix 6 mm, normal.
DOB {dob}; weight 82 kg; height 178 cm. Contrast 90 ml Iomeron 400 at 4 ml/s, delay 25 s.
Previous MRI from {place} dated {when} shows the same 8 mm lesion in segment IVb.
Patient ID {mrn} was entered twice; images belong to accession {acc}. Window level corrected.
I have personally reviewed the images and agree with the report of Dr. {person}. Osteoarthritis grade 2.
If there are questions, please contact {person} at {phone}. Thank you for the referral.
Her husband can be reached under {phone}. Pacemaker off during scan, SAR below 2 W/kg.
Sent by courier to {addr}. Disc contains 245 images, 3 series.
Email results to {email}. Next chemotherapy cycle starts after restaging. RECIST stable disease.
Examination performed by {dr} and supervised by Dr. {person}. Sedation with propofol. No complications.
Addendum by {person} on {when}: measurement corrected to 3.4 cm. No other change.
Health card {plan}, billing account {account}. Bilateral screening, dense breasts type C.
SSN {ssn} on the form. Trauma after motor vehicle collision, Glasgow 13, splenic laceration grade III.
The implant with serial number {serial} was approved for 3T. Scan time 22 minutes.
Mr. {name} complains of low back pain for 6 weeks. Modic type 1 changes L5-S1, no stenosis.
Reviewed at the tumor board on {when}; present: Dr. {dr}, Dr. {person}. Plan: SBRT 54 Gy in 3 fractions.
Uploaded from {url} by the patient. Quality sufficient for diagnosis. Right kidney 10.4 cm.
Key images were marked by {person}. Ejection fraction 48 pct, LV mass 112 g, no late enhancement.
Study instance {uid} merged. Numbers of images: 512. Kernel B31s, 3 mm.
Transferred by helicopter from {place} with polytrauma. Pelvic ring fracture type B2, binder in place.
{name}, born {dob}, MRN {mrn}. Follow-up of thyroid nodule, left lobe, 14 x 11 x 9 mm. No growth since {when}.
Nurse {person} noted extravasation of 20 ml at the left forearm. Ice applied. Delayed phase cancelled.
`
  .trim()
  .split("\n");
